/* Makes the n-th write, flush or move of this process fail, once or from then on. Preloaded; armed by a call of access()
 * on "/osteon-faults/<n>/<errno>/<once|ever>", disarmed by "/osteon-faults/off"; the error number such a call ends with is
 * 1000 and the number of operations since the last one. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

static long first = 0, count = 0;
static int error_code = 0, ever = 0;

static int fails(void) {
  if (error_code == 0) return 0;
  long n = __atomic_add_fetch(&count, 1, __ATOMIC_SEQ_CST);
  if (n < first || (n > first && !ever)) return 0;
  errno = error_code;
  return 1;
}
/* Only files of the store: the program's own pipes are left alone. */
static int ours(int fd) {
  struct stat s;
  return fstat(fd, &s) == 0 && (S_ISREG(s.st_mode) || S_ISDIR(s.st_mode));
}
#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

int access(const char *path, int mode) {
  if (strncmp(path, "/osteon-faults/", 15) == 0) {
    char how[8] = "";
    if (sscanf(path + 15, "%ld/%d/%7s", &first, &error_code, how) != 3) error_code = 0;
    ever = strcmp(how, "ever") == 0;
    errno = (int)(1000 + __atomic_exchange_n(&count, 0, __ATOMIC_SEQ_CST));
    return -1;
  }
  return REAL(access)(path, mode);
}
ssize_t write(int fd, const void *b, size_t n) { return ours(fd) && fails() ? -1 : REAL(write)(fd, b, n); }
ssize_t pwrite(int fd, const void *b, size_t n, off_t o) { return ours(fd) && fails() ? -1 : REAL(pwrite)(fd, b, n, o); }
ssize_t pwrite64(int fd, const void *b, size_t n, off64_t o) { return ours(fd) && fails() ? -1 : REAL(pwrite64)(fd, b, n, o); }
ssize_t writev(int fd, const struct iovec *v, int n) { return ours(fd) && fails() ? -1 : REAL(writev)(fd, v, n); }
int fsync(int fd) { return ours(fd) && fails() ? -1 : REAL(fsync)(fd); }
int fdatasync(int fd) { return ours(fd) && fails() ? -1 : REAL(fdatasync)(fd); }
int ftruncate(int fd, off_t n) { return ours(fd) && fails() ? -1 : REAL(ftruncate)(fd, n); }
int ftruncate64(int fd, off64_t n) { return ours(fd) && fails() ? -1 : REAL(ftruncate64)(fd, n); }
int rename(const char *a, const char *b) { return fails() ? -1 : REAL(rename)(a, b); }
int mkdir(const char *p, mode_t m) { return fails() ? -1 : REAL(mkdir)(p, m); }
int open(const char *p, int f, ...) {
  va_list l;
  va_start(l, f);
  mode_t m = (f & O_CREAT) ? va_arg(l, mode_t) : 0;
  va_end(l);
  if ((f & O_CREAT) && fails()) return -1;
  return REAL(open)(p, f, m);
}
int open64(const char *p, int f, ...) {
  va_list l;
  va_start(l, f);
  mode_t m = (f & O_CREAT) ? va_arg(l, mode_t) : 0;
  va_end(l);
  if ((f & O_CREAT) && fails()) return -1;
  return REAL(open64)(p, f, m);
}
