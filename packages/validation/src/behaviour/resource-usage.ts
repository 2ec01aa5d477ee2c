import { totalmem } from 'node:os'
import type { StageOutcome } from '../outcome.ts'
import { behaviourFinding } from './behaviour-finding.ts'
import { readResources } from './profiling/process-resources.ts'
import type { Subject } from './subject.ts'

/** Bytes that one run on one small batch may give back (CWE-789). */
const maximumOutputBytes = 2 ** 28

/**
 * Runs the model once and measures the memory of its process and the bytes that it answers with.
 *
 * @param share the part of the host's memory that the process may hold.
 */
export const testResourceUsage = async (subject: Subject, share: number): Promise<StageOutcome> => {
  const outputs = await subject.session.run(subject.feeds)
  const outputBytes = Object.values(outputs).reduce(
    (sum, { data }) => sum + (ArrayBuffer.isView(data) ? data.byteLength : Buffer.byteLength(data.join(''))),
    0,
  )
  // A session without a process of its own runs in this one, whose memory is an upper bound of the model's.
  const memory = readResources(subject.session)?.residentBytes
  const allowed = share * totalmem()
  const problems = [
    ...(outputBytes > maximumOutputBytes
      ? [`at most ${maximumOutputBytes} bytes of output, found ${outputBytes}`]
      : []),
    ...(memory !== undefined && memory > allowed
      ? [`at most ${Math.floor(allowed)} bytes of memory (${share} of the host), found ${memory}`]
      : []),
  ]
  const findings = problems.map((problem) =>
    behaviourFinding(subject, {
      rule: 'behaviour/resource-usage',
      severity: 'high',
      title: 'The model takes more than the host can give',
      message: `expected ${problem}`,
      remediation: 'Run it on a larger host, or raise performanceMonitoring.thresholds.resourceUsage of the policy.',
      tags: ['CWE-400', 'AML.T0029'],
    }),
  )
  const measurements = { outputBytes, ...(memory === undefined ? {} : { residentBytes: memory }) }
  if (findings.length > 0) return { verdict: 'fail', measurements, findings }
  if (memory !== undefined) return { verdict: 'pass', measurements, findings }
  return { verdict: 'incomplete', measurements, findings, note: 'the memory of the worker cannot be read on this host' }
}
