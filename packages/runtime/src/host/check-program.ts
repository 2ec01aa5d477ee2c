import type { Finding } from '@nootropic/core'
import type { HostFiles } from './host-files.ts'
import { concludeCheck, type HostCheck, hostFinding } from './host-report.ts'

// github.com/nodejs/Release: the last day on which a line gets security fixes.
const endOfLife: Readonly<Record<string, string>> = {
  20: '2026-04-30',
  21: '2024-06-01',
  22: '2027-04-30',
  23: '2025-06-01',
  24: '2028-04-30',
  25: '2026-06-01',
  26: '2029-04-30',
}

const oldest = [20, 19] as const

const isSupported = (version: string): boolean => {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  return major > oldest[0] || (major === oldest[0] && minor >= oldest[1])
}

const oldNode = (version: string, now: Date): Finding[] => {
  const [line = ''] = version.split('.')
  const end = endOfLife[line]
  const isOver = end !== undefined && now.getTime() > Date.parse(`${end}T23:59:59Z`)
  if (isSupported(version) && !isOver) return []
  // An odd line was never meant to last: nobody mends it, not even a distribution.
  const isShortLived = Number(line) % 2 === 1
  return [
    hostFinding({
      rule: 'host/node',
      severity: isSupported(version) ? (isShortLived ? 'medium' : 'low') : 'high',
      title: 'Node gets no security fixes, or is too old',
      message: isSupported(version)
        ? `expected a line of Node that gets security fixes, found ${version}; they ended on ${end}`
        : `expected Node ${oldest.join('.')} or later, found ${version}`,
      remediation: 'install the newest long-term line of Node from nodejs.org',
      path: 'node',
      tags: ['CWE-1104'],
    }),
  ]
}

/** Whether Node is one that nootropic runs on and that is still mended. */
export const checkNode = (version: string, now: Date): HostCheck =>
  concludeCheck('node', version, oldNode(version, now))

// Nothing of this program is older.
const firstDay = '2026-01-01T00:00:00Z'
// Certificates and signing keys live for years, not for decades.
const lastDay = '2046-01-01T00:00:00Z'

/** Whether the clock can be right: expiry of keys, tokens and signatures is decided by it. */
export const checkClock = (now: Date): HostCheck => {
  const isSane = now.getTime() >= Date.parse(firstDay) && now.getTime() < Date.parse(lastDay)
  const finding = hostFinding({
    rule: 'host/clock',
    severity: 'high',
    title: 'The clock is wrong',
    message: `expected a time from ${firstDay} to ${lastDay}, found ${now.toISOString()}: what expired would be accepted`,
    remediation: 'sudo timedatectl set-ntp true, or set the time by hand',
    path: 'clock',
    tags: ['CWE-672'],
  })
  return concludeCheck('clock', now.toISOString(), isSane ? [] : [finding])
}

/** Where onnxruntime's telemetry would show. */
export interface TelemetryTraces {
  readonly files: Pick<HostFiles, 'text' | 'exists'>
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly process: number
  readonly temporaryDirectory: string
  readonly userDirectory: string
}

/**
 * Whether onnxruntime, which sends usage data from 1.29 on, is kept from it. Workers get its switch, and their canary proves
 * that there is no network; here is looked for the traces that it leaves on a disk when it was not kept.
 */
export const checkTelemetry = (traces: TelemetryTraces): HostCheck => {
  const { files, environment, process, temporaryDirectory, userDirectory } = traces
  const log = `${temporaryDirectory}/mat-debug-${process}.log`
  const isLoaded = files.text('/proc/self/maps')?.includes('libonnxruntime') === true
  const isSwitchedOff = environment.ORT_DISABLE_TELEMETRY === '1'
  const store = `${userDirectory}/.cache/Microsoft/DeveloperTools/.onnxruntime`
  const findings: Finding[] = []
  if (files.exists(log) || (isLoaded && !isSwitchedOff)) {
    findings.push(
      hostFinding({
        rule: 'host/telemetry',
        severity: 'high',
        title: 'onnxruntime sends usage data from this process',
        message: `expected it to be loaded with its telemetry off, found ${files.exists(log) ? log : 'it loaded without its switch'}`,
        remediation: 'export ORT_DISABLE_TELEMETRY=1 before Node starts, or load models through nootropic only',
        path: log,
        tags: ['CWE-359'],
      }),
    )
  } else if (files.exists(store)) {
    findings.push(
      hostFinding({
        rule: 'host/telemetry-before',
        severity: 'low',
        title: 'onnxruntime of another program has sent usage data',
        message: `expected no device id of onnxruntime's telemetry, found ${store}`,
        remediation: `export ORT_DISABLE_TELEMETRY=1 in your profile, then rm -r ${store}`,
        path: store,
        tags: ['CWE-359'],
      }),
    )
  }
  const summary = findings.length === 0 ? "off: onnxruntime's switch is set for every worker" : 'has left traces'
  return concludeCheck('telemetry', summary, findings)
}
