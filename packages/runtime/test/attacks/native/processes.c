// Making processes, and reaching those of the host: all but the sandbox says yes to them, for they are of the same user.
#include "attack.h"
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>

// A child shows itself for a moment, and is gone.
static long child_or(long made) {
  if (made == 0) {
    struct timespec moment = {0, 400000000};
    syscall(SYS_nanosleep, &moment, NULL);
    syscall(SYS_exit_group, 0);
  }
  return made < 0 ? -errno : made;
}
static long fork_raw(const struct bait *bait) {
  (void)bait;
#ifdef SYS_fork
  return child_or(syscall(SYS_fork));
#else
  return child_or(syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0));
#endif
}
static long fork_by_library(const struct bait *bait) { (void)bait; return child_or(fork()); }
static long clone_process(const struct bait *bait) { (void)bait; return child_or(syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0)); }
static long clone_without_signal(const struct bait *bait) { (void)bait; return child_or(syscall(SYS_clone, 0, 0, 0, 0, 0)); }
static long clone_of_parent(const struct bait *bait) { (void)bait; return child_or(syscall(SYS_clone, CLONE_PARENT | SIGCHLD, 0, 0, 0, 0)); }
static long clone_into_user_namespace(const struct bait *bait) { (void)bait; return child_or(syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, 0, 0, 0, 0)); }
static long clone_by_clone3(const struct bait *bait) {
  (void)bait;
  uint64_t arguments[8] = {[4] = SIGCHLD};
  return child_or(syscall(SYS_clone3, arguments, sizeof arguments));
}
static long vfork_process(const struct bait *bait) {
  (void)bait;
  pid_t made = vfork();
  if (made == 0) _exit(0);
  return result(made);
}

extern char **environ;
static long spawn_program(const struct bait *bait) {
  char path[512];
  pid_t child;
  strcpy(path, in(bait, "program"));
  char *words[] = {path, NULL};
  int error = posix_spawn(&child, path, NULL, NULL, words, environ);
  if (!error) waitpid(child, NULL, 0);
  return error ? -error : 0;
}
static long run_shell(const struct bait *bait) {
  char command[512];
  snprintf(command, sizeof command, ": > %s", in(bait, "shell"));
  int status = system(command);
  return status == 0 ? 0 : status < 0 ? -errno : -EACCES;
}
static long execute_program(const struct bait *bait) {
  char *words[] = {(char *)"program", NULL};
  return result(execve(in(bait, "program"), words, words + 1));
}
static long execute_shell(const struct bait *bait) {
  char command[512];
  snprintf(command, sizeof command, ": > %s", in(bait, "executed"));
  char *words[] = {(char *)"sh", (char *)"-c", command, NULL};
  return result(execve("/bin/sh", words, words + 3));
}
static long execute_by_descriptor(const struct bait *bait) {
  char *words[] = {(char *)"program", NULL};
  int file = open(in(bait, "program"), O_RDONLY);
  return result(syscall(SYS_execveat, file, "", words, words + 1, AT_EMPTY_PATH));
}
// By the loader, which asks to read a program only.
static long execute_by_loader(const struct bait *bait) {
  char shell[] = "/bin/sh", flag[] = "-c", command[512];
  snprintf(command, sizeof command, ": > %s", in(bait, "loaded"));
#ifdef __x86_64__
  char loader[] = "/lib64/ld-linux-x86-64.so.2";
#else
  char loader[] = "/lib/ld-linux-aarch64.so.1";
#endif
  char *words[] = {loader, shell, flag, command, NULL};
  return result(execve(loader, words, words + 4));
}
// A program that is in memory only.
static long execute_from_memory(const struct bait *bait) {
  char text[600];
  int length = snprintf(text, sizeof text, "#!/bin/sh\n: > %s\n", in(bait, "memory"));
  int file = memfd_create("attack", 0);
  if (file < 0 || write(file, text, (size_t)length) < 0) return -errno;
  char *words[] = {(char *)"memory", NULL};
  return result(syscall(SYS_execveat, file, "", words, words + 1, AT_EMPTY_PATH));
}
// Node once more, with a program of the attacker's: it must come to no more than this process does.
static long execute_node_again(const struct bait *bait) {
  char script[1024], secret[512];
  strcpy(secret, in(bait, "secret"));
  snprintf(script, sizeof script,
           "const f=require('fs');try{f.writeFileSync('%s','x')}catch{};try{f.writeSync(2,f.readFileSync('%s'))}catch{}",
           in(bait, "again"), secret);
  char *words[] = {(char *)"node", (char *)"-e", script, NULL};
  return result(execve("/proc/self/exe", words, words + 3));
}

static long signal_by_kill(const struct bait *bait) { return result(kill((pid_t)bait->victim, SIGUSR1)); }
static long signal_host(const struct bait *bait) { return result(kill((pid_t)bait->host, 0)); }
static long signal_by_tkill(const struct bait *bait) { return result(syscall(SYS_tkill, bait->victim, SIGUSR1)); }
static long signal_by_tgkill(const struct bait *bait) { return result(syscall(SYS_tgkill, bait->victim, bait->victim, SIGUSR1)); }
static long signal_with_value(const struct bait *bait) {
  siginfo_t with = {.si_code = -1};
  return result(syscall(SYS_rt_sigqueueinfo, bait->victim, SIGUSR1, &with));
}
static long signal_thread_with_value(const struct bait *bait) {
  siginfo_t with = {.si_code = -1};
  return result(syscall(SYS_rt_tgsigqueueinfo, bait->victim, bait->victim, SIGUSR1, &with));
}
static long signal_by_handle(const struct bait *bait) {
  int handle = (int)syscall(SYS_pidfd_open, bait->victim, 0);
  return handle < 0 ? -errno : result(syscall(SYS_pidfd_send_signal, handle, SIGUSR1, NULL, 0));
}
static long signal_by_ownership(const struct bait *bait) {
  int ends[2];
  if (pipe(ends)) return -errno;
  if (fcntl(ends[0], F_SETOWN, bait->victim) || fcntl(ends[0], F_SETSIG, SIGUSR1) || fcntl(ends[0], F_SETFL, O_ASYNC)) return -errno;
  long outcome = result(write(ends[1], "x", 1));
  close(ends[0]);
  close(ends[1]);
  return outcome;
}
static long stop_victim(const struct bait *bait) { return result(kill((pid_t)bait->victim, SIGSTOP)); }
static long signal_everybody(const struct bait *bait) { (void)bait; return result(kill(-1, 0)); }

static long trace_victim(const struct bait *bait) {
  long outcome = result(ptrace(PTRACE_SEIZE, (pid_t)bait->victim, 0, 0));
  if (!outcome) {
    ptrace(PTRACE_INTERRUPT, (pid_t)bait->victim, 0, 0);
    waitpid((pid_t)bait->victim, NULL, __WALL);
    ptrace(PTRACE_DETACH, (pid_t)bait->victim, 0, 0);
  }
  return outcome;
}
static long be_traced(const struct bait *bait) { (void)bait; return result(prctl(PR_SET_PTRACER, PR_SET_PTRACER_ANY)); }
static long read_memory(const struct bait *bait) {
  struct iovec own = {said, 64}, other = {(void *)bait->address, 64};
  return result(process_vm_readv((pid_t)bait->victim, &own, 1, &other, 1, 0));
}
static long write_memory(const struct bait *bait) {
  char text[] = "attack";
  struct iovec own = {text, 6}, other = {(void *)bait->address, 6};
  return result(process_vm_writev((pid_t)bait->victim, &own, 1, &other, 1, 0));
}
static int memory_of(const struct bait *bait, int flags) {
  char path[64];
  snprintf(path, sizeof path, "/proc/%ld/mem", bait->victim);
  return open(path, flags);
}
static long read_memory_file(const struct bait *bait) {
  int file = memory_of(bait, O_RDONLY);
  long outcome = file < 0 ? -errno : result(pread(file, said, 64, bait->address));
  close(file);
  return outcome;
}
static long write_memory_file(const struct bait *bait) {
  int file = memory_of(bait, O_RDWR);
  long outcome = file < 0 ? -errno : result(pwrite(file, "attack", 6, bait->address));
  close(file);
  return outcome;
}
static long take_descriptor(const struct bait *bait) {
  int handle = (int)syscall(SYS_pidfd_open, bait->victim, 0);
  if (handle < 0) return -errno;
  int file = (int)syscall(SYS_pidfd_getfd, handle, bait->descriptor, 0);
  long outcome = file < 0 ? -errno : result(pread(file, said, 64, 0));
  close(file);
  close(handle);
  return outcome;
}
static long compare_with_victim(const struct bait *bait) { return result(syscall(SYS_kcmp, getpid(), bait->victim, 0, 0, 0)); }
static long advise_victim(const struct bait *bait) {
  int handle = (int)syscall(SYS_pidfd_open, bait->victim, 0);
  struct iovec range = {(void *)(bait->address & ~4095L), 4096};
  return handle < 0 ? -errno : result(syscall(SYS_process_madvise, handle, &range, 1, MADV_COLD, 0));
}
static long slow_victim(const struct bait *bait) { return result(setpriority(PRIO_PROCESS, (id_t)bait->victim, 7)); }
static long bind_victim(const struct bait *bait) {
  cpu_set_t processors;
  CPU_ZERO(&processors);
  CPU_SET(0, &processors);
  return result(sched_setaffinity((pid_t)bait->victim, sizeof processors, &processors));
}
static long idle_victim(const struct bait *bait) {
  struct sched_param parameters = {0};
  return result(sched_setscheduler((pid_t)bait->victim, SCHED_IDLE, &parameters));
}
static long limit_victim(const struct bait *bait) {
  struct rlimit limits = {77, 77};
  return result(prlimit((pid_t)bait->victim, RLIMIT_NOFILE, &limits, NULL));
}
static long rank_victim(const struct bait *bait) { return result(syscall(SYS_ioprio_set, 1, bait->victim, (3 << 13) | 7)); }
static long raise_limit(const struct bait *bait) {
  (void)bait;
  struct rlimit limits = {RLIM_INFINITY, RLIM_INFINITY};
  return result(syscall(SYS_prlimit64, 0, RLIMIT_DATA, &limits, NULL));
}
static long raise_priority(const struct bait *bait) { (void)bait; return result(setpriority(PRIO_PROCESS, 0, -5)); }
static long schedule_in_real_time(const struct bait *bait) {
  (void)bait;
  struct sched_param parameters = {1};
  return result(sched_setscheduler(0, SCHED_FIFO, &parameters));
}
static long dump_core(const struct bait *bait) {
  struct rlimit limits = {RLIM_INFINITY, RLIM_INFINITY};
  (void)bait;
  prctl(PR_SET_DUMPABLE, 1);
  return result(syscall(SYS_prlimit64, 0, RLIMIT_CORE, &limits, NULL));
}

#define ENTRY(name) {#name, name}
const struct entry process_attacks[] = {
    ENTRY(fork_raw), ENTRY(fork_by_library), ENTRY(clone_process), ENTRY(clone_without_signal), ENTRY(clone_of_parent),
    ENTRY(clone_into_user_namespace), ENTRY(clone_by_clone3), ENTRY(vfork_process), ENTRY(spawn_program), ENTRY(run_shell),
    ENTRY(execute_program), ENTRY(execute_shell), ENTRY(execute_by_descriptor), ENTRY(execute_by_loader),
    ENTRY(execute_from_memory), ENTRY(execute_node_again), ENTRY(signal_by_kill), ENTRY(signal_host), ENTRY(signal_by_tkill),
    ENTRY(signal_by_tgkill), ENTRY(signal_with_value), ENTRY(signal_thread_with_value), ENTRY(signal_by_handle),
    ENTRY(signal_by_ownership), ENTRY(stop_victim), ENTRY(signal_everybody), ENTRY(trace_victim), ENTRY(be_traced),
    ENTRY(read_memory), ENTRY(write_memory), ENTRY(read_memory_file), ENTRY(write_memory_file), ENTRY(take_descriptor),
    ENTRY(compare_with_victim), ENTRY(advise_victim), ENTRY(slow_victim), ENTRY(bind_victim), ENTRY(idle_victim),
    ENTRY(limit_victim), ENTRY(rank_victim), ENTRY(raise_limit), ENTRY(raise_priority), ENTRY(schedule_in_real_time),
    ENTRY(dump_core), {NULL, NULL}};
