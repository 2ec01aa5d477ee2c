import { errorCatalog, isNootropicError } from '@nootropic/core'
import type { IsolationLevel, IsolationReport } from '../sandbox/isolation.ts'
import { concludeCheck, type HostCheck, hostFinding } from './host-report.ts'

const weaker = ({ level, passedOver }: IsolationReport) =>
  hostFinding({
    rule: 'host/isolation-weaker',
    severity: 'low',
    title: 'Isolation could be stronger',
    message: `expected "strong", found "${level}" (${passedOver.map(({ way, reason }) => `${way}: ${reason}`).join('; ')})`,
    remediation: 'read docs/how-to/run-without-bubblewrap.md: it names what each way needs',
    path: 'host',
    tags: ['CWE-693'],
  })

/** Proves isolation by starting a worker: what it proved, or why that cannot be told. */
export const checkIsolation = async (
  probe: () => Promise<IsolationReport>,
  required: IsolationLevel,
): Promise<{ check: HostCheck; isolation: IsolationReport | undefined }> => {
  try {
    const isolation = await probe()
    const summary = `"${isolation.level}" is proved, by ${isolation.way}; "${required}" is required`
    const findings = isolation.level === 'strong' ? [] : [weaker(isolation)]
    return { isolation, check: concludeCheck('isolation', summary, findings) }
  } catch (error) {
    if (!isNootropicError(error)) throw error
    const finding = hostFinding({
      rule: 'host/isolation-unavailable',
      severity: 'critical',
      title: 'Isolation cannot be proved',
      message: error.message,
      remediation: errorCatalog[error.code].remedy,
      path: 'host',
      tags: ['CWE-693'],
    })
    if (error.code === 'ISOLATION_UNAVAILABLE') {
      return { isolation: undefined, check: concludeCheck('isolation', `"${required}" cannot be proved`, [finding]) }
    }
    // No worker could be started at all: nothing is known of what it would be kept from.
    const check = {
      name: 'isolation',
      verdict: 'incomplete',
      summary: 'could not be tried',
      findings: [finding],
    } as const
    return { isolation: undefined, check }
  }
}
