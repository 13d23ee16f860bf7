// The protocol of a peer: says "ready", then answers every line with one JSON line. See bench/child.ts.
#pragma once
#include <sys/resource.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

using Answer = std::vector<std::pair<std::string, double>>;

/// Of all threads.
inline double cpuMs() {
  rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  const auto ms = [](const timeval& t) { return 1e3 * t.tv_sec + 1e-3 * t.tv_usec; };
  return ms(usage.ru_utime) + ms(usage.ru_stime);
}

/// `run` is on the clock, `answer` is not.
template <class Run, class Tell>
void serve(Run run, Tell answer) {
  std::cout << "\"ready\"" << std::endl;
  for (std::string line; std::getline(std::cin, line);) {
    const double cpu = cpuMs();
    const auto start = std::chrono::steady_clock::now();
    auto result = run();
    const std::chrono::duration<double, std::milli> ms = std::chrono::steady_clock::now() - start;
    const double cpuSpent = cpuMs() - cpu;
    rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    std::printf("{\"ms\":%.6f,\"cpuMs\":%.6f,\"peakMb\":%.3f,\"answer\":{", ms.count(), cpuSpent, usage.ru_maxrss / 1024.0);
    const char* comma = "";
    for (const auto& [key, value] : answer(result)) {
      std::printf("%s\"%s\":%.17g", comma, key.c_str(), value);
      comma = ",";
    }
    std::printf("}}\n");
    std::fflush(stdout);
  }
}

template <class T>
std::vector<T> readAll(std::istream& in, std::size_t count) {
  std::vector<T> out(count);
  in.read(reinterpret_cast<char*>(out.data()), count * sizeof(T));
  if (!in) throw std::runtime_error("an input of the benchmark is cut off");
  return out;
}

struct FeetVolume {
  std::array<std::size_t, 3> size;
  std::array<double, 3> spacingMm;
  std::vector<std::int16_t> hu;
};

inline FeetVolume feetVolume(const std::string& inputs) {
  std::ifstream head(inputs + "/feet.json");
  std::stringstream text;
  text << head.rdbuf();
  FeetVolume v;
  if (std::sscanf(text.str().c_str(), "{\"size\":[%zu,%zu,%zu],\"spacingMm\":[%lf,%lf,%lf]}", &v.size[0], &v.size[1],
                  &v.size[2], &v.spacingMm[0], &v.spacingMm[1], &v.spacingMm[2]) != 6)
    throw std::runtime_error("feet.json is not what was expected");
  std::ifstream raw(inputs + "/feet.raw", std::ios::binary);
  v.hu = readAll<std::int16_t>(raw, v.size[0] * v.size[1] * v.size[2]);
  return v;
}

struct Triangles {
  std::vector<double> positions;
  std::vector<std::uint32_t> corners;
};

inline Triangles inputMesh(const std::string& inputs, const std::string& name) {
  std::ifstream in(inputs + "/" + name + ".mesh", std::ios::binary);
  const auto n = readAll<std::uint32_t>(in, 2);
  Triangles t;
  t.positions = readAll<double>(in, 3 * std::size_t(n[0]));
  t.corners = readAll<std::uint32_t>(in, 3 * std::size_t(n[1]));
  return t;
}
