// The kernel itself: namespaces, mounts, keys, programs in the kernel, and the sandbox's own filter and domain.
#include "attack.h"
#include <linux/bpf.h>
#include <linux/filter.h>
#include <linux/keyctl.h>
#include <linux/landlock.h>
#include <linux/perf_event.h>
#include <linux/seccomp.h>
#include <mqueue.h>
#include <sched.h>
#include <asm/sockios.h>
#include <sys/ioctl.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/msg.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/time.h>
#include <termios.h>
#include <time.h>

#define TRIES(name, what) \
  static long name(const struct bait *bait) { (void)bait; return result(what); }

// namespaces and mounts
TRIES(leave_file_table, unshare(CLONE_FS))
TRIES(unshare_user, unshare(CLONE_NEWUSER))
TRIES(unshare_mounts, unshare(CLONE_NEWNS))
TRIES(unshare_network, unshare(CLONE_NEWNET))
static long enter_host_namespace(const struct bait *bait) {
  char path[64];
  snprintf(path, sizeof path, "/proc/%ld/ns/uts", bait->host);
  int space = open(path, O_RDONLY);
  long outcome = space < 0 ? -errno : result(setns(space, 0));
  close(space);
  return outcome;
}
TRIES(mount_memory, mount("none", in(bait, "home"), "tmpfs", 0, NULL))
TRIES(bind_mount, mount("/etc", in(bait, "home"), NULL, MS_BIND, NULL))
TRIES(remount_root, mount(NULL, "/", NULL, MS_REMOUNT | MS_BIND, NULL))
TRIES(undo_mount, umount2("/proc", MNT_DETACH))
TRIES(open_file_system, syscall(SYS_fsopen, "tmpfs", 0))
TRIES(copy_mount, syscall(SYS_open_tree, AT_FDCWD, "/", 1 /* OPEN_TREE_CLONE */))
TRIES(move_mount_, syscall(SYS_move_mount, AT_FDCWD, "/proc", AT_FDCWD, "/tmp", 0))
TRIES(change_root, chroot(bait->directory))
TRIES(pivot_root_, syscall(SYS_pivot_root, ".", "."))
TRIES(rename_host, sethostname("attack", 6))
TRIES(rename_domain, setdomainname("attack", 6))

// keys, kernel programs, counters
TRIES(add_key_, syscall(SYS_add_key, "user", "attack", "x", 1, KEY_SPEC_PROCESS_KEYRING))
TRIES(request_key_, syscall(SYS_request_key, "user", "attack", NULL, KEY_SPEC_PROCESS_KEYRING))
TRIES(join_keyring, syscall(SYS_keyctl, KEYCTL_GET_KEYRING_ID, KEY_SPEC_PROCESS_KEYRING, 1))
static long load_kernel_map(const struct bait *bait) {
  (void)bait;
  union bpf_attr map = {.map_type = BPF_MAP_TYPE_ARRAY, .key_size = 4, .value_size = 4, .max_entries = 1};
  long made = result(syscall(SYS_bpf, BPF_MAP_CREATE, &map, sizeof map));
  if (made >= 0) close((int)made);
  return made;
}
static long count_events(const struct bait *bait) {
  (void)bait;
  struct perf_event_attr counter = {.type = PERF_TYPE_SOFTWARE, .size = sizeof counter, .config = PERF_COUNT_SW_TASK_CLOCK, .exclude_kernel = 1, .exclude_hv = 1};
  long made = result(syscall(SYS_perf_event_open, &counter, 0, -1, -1, 0));
  if (made >= 0) close((int)made);
  return made;
}
static long make_ring(const struct bait *bait) {
  (void)bait;
  char parameters[256] = {0};
  long made = result(syscall(SYS_io_uring_setup, 1, parameters));
  if (made >= 0) close((int)made);
  return made;
}
TRIES(handle_faults, syscall(SYS_userfaultfd, 1 /* UFFD_USER_MODE_ONLY */))
TRIES(make_secret_memory, syscall(SYS_memfd_secret, 0))
TRIES(make_memory_file, memfd_create("attack", 0))
#ifdef __x86_64__
TRIES(change_segments, syscall(SYS_modify_ldt, 0, said, 16))
TRIES(open_ports, syscall(SYS_ioperm, 0x80, 1, 1))
TRIES(raise_port_level, syscall(SYS_iopl, 3))
#endif
TRIES(change_personality, personality(0xffffffff))
TRIES(forget_randomness, personality(ADDR_NO_RANDOMIZE))
TRIES(read_kernel_log, syscall(SYS_syslog, 3, said, sizeof said - 1))
// Arguments that no kernel acts on.
TRIES(load_module, syscall(SYS_init_module, NULL, 0, ""))
TRIES(load_module_file, syscall(SYS_finit_module, -1, "", 0))
TRIES(load_kernel, syscall(SYS_kexec_load, 0, 0, NULL, ~0UL))
TRIES(restart_machine, syscall(SYS_reboot, 0, 0, 0, NULL))
TRIES(swap_to_file, syscall(SYS_swapon, "/nonexistent", 0))
TRIES(keep_accounts, syscall(SYS_acct, "/nonexistent"))
TRIES(ask_quota, syscall(SYS_quotactl, 0x80000700, "/nonexistent", 0, NULL))

// clocks and users
static long set_clock(const struct bait *bait) {
  (void)bait;
  struct timespec impossible = {-1, 0};
  return result(clock_settime(CLOCK_REALTIME, &impossible));
}
static long adjust_clock(const struct bait *bait) {
  (void)bait;
  struct timeval impossible = {0, 1000000000};
  return result(syscall(SYS_settimeofday, &impossible, NULL));
}
static long become_root(const struct bait *bait) { (void)bait; long outcome = result(syscall(SYS_setuid, 0)); return outcome ? outcome : (long)-getuid(); }
static long become_root_group(const struct bait *bait) { (void)bait; return result(syscall(SYS_setresgid, 0, 0, 0)); }
static long join_groups(const struct bait *bait) { (void)bait; gid_t root = 0; return result(syscall(SYS_setgroups, 1, &root)); }
static long take_capabilities(const struct bait *bait) {
  (void)bait;
  uint32_t head[2] = {0x20080522, 0}, all[6] = {~0u, ~0u, 0, ~0u, ~0u, 0};
  return result(syscall(SYS_capset, head, all));
}
TRIES(own_file_access, syscall(SYS_setfsuid, 0) == 0 ? 0 : (errno = EPERM, -1))

// memory and messages shared under a name
static long read_shared_segment(const struct bait *bait) {
  char *memory = shmat((int)bait->segment, NULL, SHM_RDONLY);
  if (memory == (void *)-1) return -errno;
  strncpy(said, memory, 64);
  return result(shmdt(memory));
}
static long make_shared_segment(const struct bait *bait) {
  (void)bait;
  int segment = shmget(IPC_PRIVATE, 4096, 0600);
  if (segment >= 0) shmctl(segment, IPC_RMID, NULL);
  return result(segment);
}
static long make_semaphore(const struct bait *bait) {
  (void)bait;
  int set = semget(IPC_PRIVATE, 1, 0600);
  if (set >= 0) semctl(set, 0, IPC_RMID);
  return result(set);
}
static long make_message_queue(const struct bait *bait) {
  (void)bait;
  int queue = msgget(IPC_PRIVATE, 0600);
  if (queue >= 0) msgctl(queue, IPC_RMID, NULL);
  return result(queue);
}
static long open_named_queue(const struct bait *bait) {
  char name[128];
  snprintf(name, sizeof name, "/%s", strrchr(bait->directory, '/') + 1);
  mqd_t queue = mq_open(name, O_CREAT | O_RDWR, 0600, NULL);
  if (queue >= 0) { mq_close(queue); mq_unlink(name); }
  return result(queue);
}

// the sandbox itself
static struct sock_filter everything[] = {BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)};
static struct sock_fprog permissive = {1, everything};
// A filter that allows everything does not undo those before it.
static long outvote_filter(const struct bait *bait) {
  prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &permissive);
  return network_attacks[0].run(bait);
}
TRIES(set_strict_filter, syscall(SYS_seccomp, SECCOMP_SET_MODE_STRICT, 1, NULL))
TRIES(listen_to_own_calls, syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER, &permissive))
TRIES(filter_by_prctl, prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &permissive))
TRIES(undo_no_new_privileges, prctl(PR_SET_NO_NEW_PRIVS, 0, 0, 0, 0))
// Nor does a domain that gives everything back.
static long outvote_domain(const struct bait *bait) {
  struct landlock_ruleset_attr rights = {.handled_access_fs = LANDLOCK_ACCESS_FS_READ_FILE};
  int rules = (int)syscall(SYS_landlock_create_ruleset, &rights, sizeof rights.handled_access_fs, 0);
  if (rules >= 0) {
    struct landlock_path_beneath_attr all = {LANDLOCK_ACCESS_FS_READ_FILE, open("/", O_PATH)};
    syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &all, 0);
    syscall(SYS_landlock_restrict_self, rules, 0);
  }
  return file_attacks[0].run(bait);
}
TRIES(type_into_terminal, ioctl(0, TIOCSTI, "x"))
TRIES(take_terminal, ioctl(2, TIOCSCTTY, 1))
TRIES(own_terminal_input, ioctl(0, TIOCLINUX, "\2"))
static long own_socket_signals(const struct bait *bait) { int owner = (int)bait->victim; return result(ioctl(0, FIOSETOWN, &owner)); }

#ifdef __x86_64__
// getpid by the numbers of the 32-bit and the x32 ABI: a filter that looks at numbers alone reads them as other calls.
static long enter_by_i386(const struct bait *bait) {
  (void)bait;
  long number;
  __asm__ volatile("int $0x80" : "=a"(number) : "a"(20) : "memory");
  return number;
}
TRIES(enter_by_x32, syscall(0x40000000 + SYS_getpid))
#endif

#define ENTRY(name) {#name, name}
const struct entry kernel_attacks[] = {
    ENTRY(leave_file_table), ENTRY(unshare_user), ENTRY(unshare_mounts), ENTRY(unshare_network), ENTRY(enter_host_namespace),
    ENTRY(mount_memory), ENTRY(bind_mount), ENTRY(remount_root), ENTRY(undo_mount), ENTRY(open_file_system), ENTRY(copy_mount),
    ENTRY(move_mount_), ENTRY(change_root), ENTRY(pivot_root_), ENTRY(rename_host), ENTRY(rename_domain), ENTRY(add_key_),
    ENTRY(request_key_), ENTRY(join_keyring), ENTRY(load_kernel_map), ENTRY(count_events), ENTRY(make_ring),
    ENTRY(handle_faults), ENTRY(make_secret_memory), ENTRY(make_memory_file), ENTRY(change_personality),
    ENTRY(forget_randomness), ENTRY(read_kernel_log), ENTRY(load_module), ENTRY(load_module_file), ENTRY(load_kernel),
    ENTRY(restart_machine), ENTRY(swap_to_file), ENTRY(keep_accounts), ENTRY(ask_quota), ENTRY(set_clock), ENTRY(adjust_clock),
    ENTRY(become_root), ENTRY(become_root_group), ENTRY(join_groups), ENTRY(take_capabilities), ENTRY(own_file_access),
    ENTRY(read_shared_segment), ENTRY(make_shared_segment), ENTRY(make_semaphore), ENTRY(make_message_queue),
    ENTRY(open_named_queue), ENTRY(outvote_filter), ENTRY(set_strict_filter), ENTRY(listen_to_own_calls),
    ENTRY(filter_by_prctl), ENTRY(undo_no_new_privileges), ENTRY(outvote_domain), ENTRY(type_into_terminal),
    ENTRY(take_terminal), ENTRY(own_terminal_input), ENTRY(own_socket_signals),
#ifdef __x86_64__
    ENTRY(change_segments), ENTRY(open_ports), ENTRY(raise_port_level), ENTRY(enter_by_i386), ENTRY(enter_by_x32),
#endif
    {NULL, NULL}};
