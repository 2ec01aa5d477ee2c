// What every attack gets and gives. An attack tries one act, inertly, and reports; whether it came through is for the host to see.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

// What the host laid out; see ../bait.ts.
struct bait {
  char directory[256], abstract[128];
  long tcp, tcp6, udp, host, victim, address, descriptor, segment, amount;
};

// What an attack got hold of, for the host to read: at most this much.
extern char said[8192];

// A result, or the error as a negative number.
static inline long result(long value) { return value < 0 ? -errno : value; }

// The path of a planted file.
static inline const char *in(const struct bait *bait, const char *name) {
  static char path[512];
  snprintf(path, sizeof path, "%s/%s", bait->directory, name);
  return path;
}

// Says what is in an open file; closes it.
long say(int file);

struct entry {
  const char *name;
  long (*run)(const struct bait *);
};
extern const struct entry file_attacks[], process_attacks[], network_attacks[], kernel_attacks[], resource_attacks[];
