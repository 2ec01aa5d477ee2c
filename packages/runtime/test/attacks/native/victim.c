// A process of the host, of the same user as the worker: it holds a secret in its memory, in an open file and in shared
// memory, and says on request what was done to it. Arguments: the secret, and a file to hold open.
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sched.h>
#include <sys/ipc.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/shm.h>
#include <unistd.h>

static volatile sig_atomic_t signals;
static void count(int number) { (void)number; signals++; }
static char secret[64];

int main(int count_, char **words) {
  if (count_ != 3) return 2;
  for (int number = 1; number < 65; number++) signal(number, count);
  // Where Yama is, only the sandbox is to stand between.
  prctl(PR_SET_PTRACER, PR_SET_PTRACER_ANY);
  strncpy(secret, words[1], sizeof secret - 1);
  int file = open(words[2], O_RDONLY), segment = shmget(IPC_PRIVATE, 4096, 0666);
  char *shared = shmat(segment, NULL, 0);
  if (file < 0 || shared == (void *)-1) return 3;
  strcpy(shared, words[1]);
  printf("%ld %d %d\n", (long)secret, file, segment);
  fflush(stdout);
  for (char line[16]; read(0, line, sizeof line) != 0;) {
    struct rlimit limits;
    getrlimit(RLIMIT_NOFILE, &limits);
    printf("%d %s %d %d %d\n", (int)signals, strcmp(secret, words[1]) ? "changed" : "whole", getpriority(PRIO_PROCESS, 0),
           sched_getscheduler(0), limits.rlim_cur == 77);
    fflush(stdout);
    signals = 0;
  }
  shmctl(segment, IPC_RMID, NULL);
  return 0;
}
