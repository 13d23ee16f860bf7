/* Writes down every change this process makes to files below $OSTEON_RECORD_ROOT, in order, into $OSTEON_RECORD: one
 * record is "<kind> <path or paths> <offset> <length>\n" and then <length> bytes. Preloaded. access() on
 * "/osteon-record/<n>" writes down that the n-th change has been answered for. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int out = -1;
static const char *root;
#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

static void note(char kind, const char *a, const char *b, long long at, const void *data, size_t n) {
  char head[9000];
  pthread_mutex_lock(&lock);
  if (out < 0) out = REAL(open)(getenv("OSTEON_RECORD"), O_WRONLY | O_CREAT | O_APPEND, 0600);
  int size = snprintf(head, sizeof head, "%c %s %s %lld %zu\n", kind, a, b, at, n);
  if (REAL(write)(out, head, size) != size || (n && REAL(write)(out, data, n) != (ssize_t)n)) abort();
  pthread_mutex_unlock(&lock);
}
/* The path below the root, or nothing for a file that is not ours. */
static const char *below(const char *path) {
  if (!root) root = getenv("OSTEON_RECORD_ROOT");
  size_t n = root ? strlen(root) : 0;
  if (n == 0 || strncmp(path, root, n) != 0) return 0;
  return path[n] == '/' ? path + n + 1 : path[n] == 0 ? "." : 0;
}
static const char *of(int fd, char *buffer) {
  char link[64];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t n = readlink(link, buffer, 4095);
  if (n < 0) return 0;
  buffer[n] = 0;
  char *gone = strstr(buffer, " (deleted)");
  return gone ? 0 : below(buffer);
}
#define NAME(fd) char buffer[4096]; const char *name = of(fd, buffer)

int access(const char *path, int mode) {
  if (strncmp(path, "/osteon-record/", 15) == 0) note('A', path + 15, "-", 0, 0, 0);
  return REAL(access)(path, mode);
}
ssize_t write(int fd, const void *b, size_t n) {
  NAME(fd);
  off_t at = name ? lseek(fd, 0, SEEK_CUR) : 0;
  ssize_t done = REAL(write)(fd, b, n);
  if (name && done > 0) note('W', name, "-", at, b, done);
  return done;
}
ssize_t pwrite(int fd, const void *b, size_t n, off_t o) {
  ssize_t done = REAL(pwrite)(fd, b, n, o);
  NAME(fd);
  if (name && done > 0) note('W', name, "-", o, b, done);
  return done;
}
ssize_t pwrite64(int fd, const void *b, size_t n, off64_t o) {
  ssize_t done = REAL(pwrite64)(fd, b, n, o);
  NAME(fd);
  if (name && done > 0) note('W', name, "-", o, b, done);
  return done;
}
static int sync_of(int fd, int done) {
  NAME(fd);
  if (done == 0 && name) note('S', name, "-", 0, 0, 0);
  return done;
}
int fsync(int fd) { return sync_of(fd, REAL(fsync)(fd)); }
int fdatasync(int fd) { return sync_of(fd, REAL(fdatasync)(fd)); }
static int cut(int fd, off64_t n, int done) {
  NAME(fd);
  if (done == 0 && name) note('T', name, "-", n, 0, 0);
  return done;
}
int ftruncate(int fd, off_t n) { return cut(fd, n, REAL(ftruncate)(fd, n)); }
int ftruncate64(int fd, off64_t n) { return cut(fd, n, REAL(ftruncate64)(fd, n)); }
static int two(char kind, const char *a, const char *b, int done) {
  if (done == 0 && below(a) && below(b)) note(kind, below(a), below(b), 0, 0, 0);
  return done;
}
int rename(const char *a, const char *b) { return two('R', a, b, REAL(rename)(a, b)); }
int link(const char *a, const char *b) { return two('L', a, b, REAL(link)(a, b)); }
static int one(char kind, const char *a, int done) {
  if (done == 0 && below(a)) note(kind, below(a), "-", 0, 0, 0);
  return done;
}
int unlink(const char *a) { return one('U', a, REAL(unlink)(a)); }
int mkdir(const char *a, mode_t m) { return one('M', a, REAL(mkdir)(a, m)); }
static int made(const char *p, int flags, int is_new, int fd) {
  if (fd >= 0 && below(p)) {
    if ((flags & O_CREAT) && is_new) note('C', below(p), "-", 0, 0, 0);
    else if (flags & O_TRUNC) note('T', below(p), "-", 0, 0, 0);
  }
  return fd;
}
#define OPEN(name)                                                   \
  int name(const char *p, int f, ...) {                              \
    va_list l;                                                       \
    va_start(l, f);                                                  \
    mode_t m = (f & O_CREAT) ? va_arg(l, mode_t) : 0;                \
    va_end(l);                                                       \
    int is_new = REAL(access)(p, F_OK) != 0;                         \
    return made(p, f, is_new, REAL(name)(p, f, m));                  \
  }
OPEN(open)
OPEN(open64)
