import type { Finding } from '@nootropic/core'
import type { HostFacts } from './host-facts.ts'
import { concludeCheck, type HostCheck, hostFinding } from './host-report.ts'

const coreDumps = ({ corePattern, coreLimit, platform }: HostFacts): Finding[] => {
  if (platform !== 'linux') return []
  const isPiped = corePattern === undefined || corePattern.startsWith('|')
  // Of 1 byte not even a program gets one (fs/coredump.c); programs of distributions write none where the limit is 0.
  if (coreLimit === '1' || (coreLimit === '0' && !isPiped)) return []
  const isDumped = coreLimit !== '0'
  return [
    hostFinding({
      rule: 'host/core-dumps',
      severity: isDumped ? 'medium' : 'low',
      title: 'A crash writes memory to a disk',
      message:
        'expected no core dump of this process, which holds decrypted models for moments, ' +
        `found a limit of ${coreLimit ?? 'nobody knows how many'} bytes and the pattern ${corePattern ?? 'unknown'}`,
      remediation: isDumped
        ? 'ulimit -c 0 in the shell that starts it, or LimitCORE=0 in its service'
        : 'prlimit --core=1:1 -- before the command, or a core_pattern that names a file',
      path: '/proc/self/limits',
      tags: ['CWE-528'],
    }),
  ]
}

const swap = ({ swaps }: HostFacts): Finding[] => {
  const clear = swaps.filter(({ isEncrypted }) => !isEncrypted).map(({ path }) => path)
  if (clear.length === 0) return []
  return [
    hostFinding({
      rule: 'host/swap',
      severity: 'low',
      title: 'Memory may be written to a disk in clear',
      message: `expected no swap, or an encrypted one, found ${clear.join(', ')}`,
      remediation: 'swapoff -a, or an entry with "swap" and /dev/urandom in /etc/crypttab',
      path: '/proc/swaps',
      tags: ['CWE-591'],
    }),
  ]
}

const tracing = ({ ptraceScope, user, platform }: HostFacts): Finding[] => {
  if (platform !== 'linux' || user === 0 || ptraceScope > 0) return []
  return [
    hostFinding({
      rule: 'host/tracing',
      severity: 'low',
      title: 'Every program of this user can read the memory of this one',
      message: 'expected kernel.yama.ptrace_scope of 1 or more, found 0 or none',
      remediation: 'sudo sysctl kernel.yama.ptrace_scope=1',
      path: '/proc/sys/kernel/yama/ptrace_scope',
      tags: ['CWE-522'],
    }),
  ]
}

/** Whether what is in this process's memory stays there. */
export const checkMemory = (facts: HostFacts): HostCheck => {
  const findings = [coreDumps, swap, tracing].flatMap((check) => check(facts))
  const summary = findings.length === 0 ? 'no core dump, no clear swap, no tracing by others' : 'can leave this process'
  return concludeCheck('memory', summary, findings)
}

const user = (facts: HostFacts): Finding[] => {
  // A container has its own rule for this.
  if (facts.user !== 0 || facts.container !== undefined) return []
  return [
    hostFinding({
      rule: 'host/root',
      severity: 'low',
      title: 'This process is root',
      message: 'expected an ordinary user, found root; workers become nobody, what is around them does not',
      remediation: 'run it as a user of its own, such as User=nootropic in a service',
      path: '/proc/self/status',
      tags: ['CWE-250'],
    }),
  ]
}

const runtimeSocket = ({ container, runtimeSockets, user }: HostFacts): Finding[] => {
  const open = runtimeSockets.filter(({ isReachableByWorker }) => isReachableByWorker).map(({ path }) => path)
  if (container !== undefined || open.length === 0) return []
  return [
    hostFinding({
      rule: 'host/runtime-socket',
      severity: user === 0 ? 'high' : 'medium',
      title: 'The user of the workers can command a container runtime',
      message: `expected no socket of a container runtime within its reach, found ${open.join(', ')}: a model that broke out would be root`,
      remediation: 'run models as a user outside of the group that owns the socket (often docker)',
      path: open[0] ?? '/run',
      tags: ['CWE-250'],
    }),
  ]
}

const processor = ({ processorFlaws }: HostFacts): Finding[] => {
  if (processorFlaws.length === 0) return []
  return [
    hostFinding({
      rule: 'host/processor',
      severity: 'low',
      title: 'The kernel does not mitigate flaws of the processor',
      message: `expected every known flaw to be mitigated, found ${processorFlaws.join(', ')}: a worker may read what others compute`,
      remediation: 'install the newest kernel and microcode, and take mitigations=off from the boot parameters',
      path: '/sys/devices/system/cpu/vulnerabilities',
      tags: ['CWE-1037'],
    }),
  ]
}

/** Whether the machine itself gives models more than they need. */
export const checkMachine = (facts: HostFacts): HostCheck => {
  const findings = [user, runtimeSocket, processor].flatMap((check) => check(facts))
  const name = facts.platform === 'linux' ? `Linux ${facts.kernel}` : facts.platform
  return concludeCheck('machine', name, findings)
}
