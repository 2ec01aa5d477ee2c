// Taking more than is given. What a bomb takes is bounded by `amount`: bytes, or as many of what it makes.
#include "attack.h"
#include <linux/futex.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>

// How many bytes of a mapping can be written, page by page, until there are enough.
static long fill(char *memory, long length) {
  if (memory == MAP_FAILED) return -errno;
  for (long at = 0; at < length; at += 4096) memory[at] = 1;
  munmap(memory, (size_t)length);
  return length;
}
static long take_by_malloc(const struct bait *bait) {
  long taken = 0;
  void *chain = NULL;
  for (; taken < bait->amount; taken += 1 << 20) {
    void **more = malloc(1 << 20);
    if (!more) break;
    memset(more, 1, 1 << 20);
    *more = chain;
    chain = more;
  }
  while (chain) {
    void *next = *(void **)chain;
    free(chain);
    chain = next;
  }
  return taken >= bait->amount ? taken : -ENOMEM;
}
static long take_privately(const struct bait *bait) {
  return fill(mmap(NULL, (size_t)bait->amount, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0), bait->amount);
}
static long take_later(const struct bait *bait) {
  char *memory = mmap(NULL, (size_t)bait->amount, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED || mprotect(memory, (size_t)bait->amount, PROT_READ | PROT_WRITE)) return -errno;
  return fill(memory, bait->amount);
}
// RLIMIT_DATA counts private memory only.
static long take_shared(const struct bait *bait) {
  return fill(mmap(NULL, (size_t)bait->amount, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0), bait->amount);
}
static long take_shared_by_device(const struct bait *bait) {
  int zero = open("/dev/zero", O_RDWR);
  if (zero < 0) return -errno;
  long outcome = fill(mmap(NULL, (size_t)bait->amount, PROT_READ | PROT_WRITE, MAP_SHARED, zero, 0), bait->amount);
  close(zero);
  return outcome;
}
// Nor does it count what calls itself a stack.
static long take_as_stack(const struct bait *bait) {
  return fill(mmap(NULL, (size_t)bait->amount, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_GROWSDOWN, -1, 0), bait->amount);
}
static long take_by_break(const struct bait *bait) {
  long start = syscall(SYS_brk, 0), end = syscall(SYS_brk, start + bait->amount);
  if (end < start + bait->amount) return -ENOMEM;
  for (long at = start; at < end; at += 4096) *(char *)at = 1;
  syscall(SYS_brk, start);
  return end - start;
}
static long take_by_remap(const struct bait *bait) {
  char *memory = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  memory = mremap(memory, 4096, (size_t)bait->amount, MREMAP_MAYMOVE);
  return fill(memory, bait->amount);
}
// Pages that are only read cost nothing, but for the tables that they stand in: 4 KiB for every 2 MiB of addresses.
static long take_page_tables(const struct bait *bait) {
  long span = bait->amount * 512;
  volatile char *memory = mmap(NULL, (size_t)span, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) return -errno;
  madvise((void *)memory, (size_t)span, MADV_NOHUGEPAGE);
  char seen = 0;
  for (long at = 0; at < span; at += 2 << 20) seen |= memory[at];
  munmap((void *)memory, (size_t)span);
  return seen ? -EIO : bait->amount;
}
static long take_by_file(const struct bait *bait) {
  char path[512];
  snprintf(path, sizeof path, "/dev/shm/%s", strrchr(bait->directory, '/') + 1);
  int file = open(path, O_CREAT | O_RDWR, 0600);
  if (file < 0) return -errno;
  unlink(path);
  long outcome = result(posix_fallocate(file, 0, bait->amount) ? -1 : 0);
  close(file);
  return outcome;
}
static long take_by_memory_file(const struct bait *bait) {
  int file = memfd_create("attack", 0);
  if (file < 0 || ftruncate(file, bait->amount)) return -errno;
  long outcome = fill(mmap(NULL, (size_t)bait->amount, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0), bait->amount);
  close(file);
  return outcome;
}
// Beyond the end of the mailbox, which the host gave a size.
static long write_beyond_mailbox(const struct bait *bait) {
  (void)bait;
  struct stat status;
  if (fstat(5, &status)) return -errno;
  signal(SIGXFSZ, SIG_IGN);
  return result(pwrite(5, "x", 1, status.st_size));
}
static long grow_mailbox(const struct bait *bait) { return result(ftruncate(5, bait->amount * 4)); }
static long shrink_mailbox(const struct bait *bait) { (void)bait; return result(ftruncate(5, 0)); }
static long punch_mailbox(const struct bait *bait) { (void)bait; return result(fallocate(5, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, 4096)); }
static long write_mapped_input(const struct bait *bait) {
  (void)bait;
  char *input = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, 4, 0);
  if (input == MAP_FAILED) return -errno;
  *input = 1;
  return 0;
}
static long make_input_writable(const struct bait *bait) {
  (void)bait;
  void *input = mmap(NULL, 4096, PROT_READ, MAP_SHARED, 4, 0);
  return input == MAP_FAILED ? -errno : result(mprotect(input, 4096, PROT_READ | PROT_WRITE));
}
static long open_descriptors(const struct bait *bait) {
  static int held[4096];
  long count = 0;
  while (count < 4096 && count < bait->amount) {
    int more = dup(2);
    if (more < 0) break;
    held[count++] = more;
  }
  for (long index = 0; index < count; index++) close(held[index]);
  return count == bait->amount || count == 4096 ? count : result(-1);
}

// Threads on next to no stack each, all asleep until they are let go.
static volatile int asleep;
static int sleeper(void *nothing) {
  (void)nothing;
  while (asleep) syscall(SYS_futex, &asleep, FUTEX_WAIT_PRIVATE, 1, NULL, NULL, 0);
  syscall(SYS_exit, 0);
  return 0;
}
static long start_threads(const struct bait *bait) {
  enum { stack = 8192, most = 20000 };
  long count = 0, wanted = bait->amount < most ? bait->amount : most;
  char *stacks = mmap(NULL, (size_t)wanted * stack, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  static int id;
  asleep = 1;
  // glibc's own flags for a thread, which a filter cannot but allow.
  void *local = __builtin_thread_pointer();
  while (count < wanted && clone(sleeper, stacks + (count + 1) * stack, 0x3d0f00, NULL, &id, local, &id) > 0) count++;
  struct timespec moment = {0, 50000000};
  nanosleep(&moment, NULL);
  asleep = 0;
  syscall(SYS_futex, &asleep, FUTEX_WAKE_PRIVATE, 1 << 30, NULL, NULL, 0);
  nanosleep(&moment, NULL);
  nanosleep(&moment, NULL);
  snprintf(said, sizeof said, "%ld threads", count);
  return count >= wanted ? count : result(-1);
}

// What ends a worker, or keeps it from ending. The host must not be held up.
static long loop_for_ever(const struct bait *bait) {
  (void)bait;
  for (volatile int always = 1; always;) {}
  return 0;
}
static long sleep_deaf(const struct bait *bait) {
  sigset_t all;
  (void)bait;
  sigfillset(&all);
  sigprocmask(SIG_BLOCK, &all, NULL);
  for (int number = 1; number < 65; number++) signal(number, SIG_IGN);
  for (;;) { struct timespec moment = {1, 0}; nanosleep(&moment, NULL); }
}
static long stop_itself(const struct bait *bait) { (void)bait; return result(syscall(SYS_tgkill, getpid(), syscall(SYS_gettid), SIGSTOP)); }
static long close_everything(const struct bait *bait) {
  (void)bait;
  for (int number = 0; number < 256; number++) close(number);
  for (;;) { struct timespec moment = {1, 0}; nanosleep(&moment, NULL); }
}
static long fault(const struct bait *bait) { (void)bait; *(volatile int *)8 = 1; return 0; }
static long exhaust_stack(const struct bait *bait) { char frame[65536]; memset(frame, 1, sizeof frame); return exhaust_stack(bait) + frame[bait->tcp & 1023]; }
static long lie_of_lengths(const struct bait *bait) { (void)bait; uint32_t head[4] = {~0u, 16, 1, ~0u}; return result(write(1, head, sizeof head)); }
static long flood_answers(const struct bait *bait) {
  (void)bait;
  static char noise[65536];
  for (;;) if (write(1, noise, sizeof noise) < 0) return -errno;
}
static long flood_complaints(const struct bait *bait) {
  (void)bait;
  static char noise[65536];
  for (int part = 0; part < 512; part++) if (write(2, noise, sizeof noise) < 0) return -errno;
  for (;;) { struct timespec moment = {1, 0}; nanosleep(&moment, NULL); }
}

#define ENTRY(name) {#name, name}
const struct entry resource_attacks[] = {
    ENTRY(take_by_malloc), ENTRY(take_privately), ENTRY(take_later), ENTRY(take_shared), ENTRY(take_shared_by_device),
    ENTRY(take_as_stack), ENTRY(take_by_break), ENTRY(take_by_remap), ENTRY(take_page_tables), ENTRY(take_by_file), ENTRY(take_by_memory_file),
    ENTRY(write_beyond_mailbox), ENTRY(grow_mailbox), ENTRY(shrink_mailbox), ENTRY(punch_mailbox), ENTRY(write_mapped_input),
    ENTRY(make_input_writable), ENTRY(open_descriptors), ENTRY(start_threads), ENTRY(loop_for_ever), ENTRY(sleep_deaf),
    ENTRY(stop_itself), ENTRY(close_everything), ENTRY(fault), ENTRY(exhaust_stack), ENTRY(lie_of_lengths),
    ENTRY(flood_answers), ENTRY(flood_complaints), {NULL, NULL}};
