import { errorCatalog, isNootropicError } from '@nootropic/core'
import {
  type IsolationLayer,
  type IsolationLevel,
  type IsolationReport,
  isAtLeastLevel,
  levelOf,
} from '../sandbox/isolation.ts'
import { concludeCheck, type HostCheck, hostFinding } from './host-report.ts'

const path = 'host'
const tags = ['CWE-693']

const weaker = ({ level, passedOver }: IsolationReport) =>
  hostFinding({
    rule: 'host/isolation-weaker',
    severity: 'low',
    title: 'Isolation could be stronger',
    message: `expected "strong", found "${level}" (${passedOver.map(({ way, reason }) => `${way}: ${reason}`).join('; ')})`,
    remediation: 'read docs/how-to/run-without-bubblewrap.md: it names what each way needs',
    path,
    tags,
  })

const insufficient = ({ level, way }: IsolationReport, required: IsolationLevel) =>
  hostFinding({
    rule: 'host/isolation-insufficient',
    severity: 'critical',
    title: 'A model is kept from too little',
    message: `expected "${required === 'none' ? 'limits-only' : required}" at least, found "${level}", by ${way}`,
    remediation: 'read docs/how-to/run-without-bubblewrap.md, and require no less than "standard"',
    path,
    tags,
  })

const waived = (layers: readonly IsolationLayer[]) =>
  hostFinding({
    rule: 'host/isolation-waived',
    severity: 'low',
    title: 'A part of isolation is switched off',
    message: `expected no layer to be waived, found ${layers.join(', ')}`,
    remediation: 'switch it on in the policy (runtime.isolation), or keep in mind that models may use it',
    path,
    tags,
  })

/** A report against what is required: `none` is never enough, whatever was asked for. */
const assess = (isolation: IsolationReport, required: IsolationLevel, waive: readonly IsolationLayer[]): HostCheck => {
  const { level, way, layers } = isolation
  const missing = waive.filter((layer) => layers[layer].state !== 'enforced')
  // Only what is named is forgiven.
  const counted = missing.length === 0 ? level : levelOf(layers, missing)
  const isEnough = counted !== 'none' && isAtLeastLevel(counted, required)
  const findings = [
    ...(isEnough ? [] : [insufficient(isolation, required)]),
    ...(missing.length === 0 ? [] : [waived(missing)]),
    ...(level === 'strong' || !isEnough ? [] : [weaker(isolation)]),
  ]
  const untried = layers.servingCalls.state === 'unavailable' ? '; its second filter was not tried' : ''
  return concludeCheck('isolation', `"${level}" is proved, by ${way}; "${required}" is required${untried}`, findings)
}

/** Proves isolation by starting a worker: what it proved, or why that cannot be told. */
export const checkIsolation = async (
  probe: () => Promise<IsolationReport>,
  required: IsolationLevel,
  waive: readonly IsolationLayer[] = [],
): Promise<{ check: HostCheck; isolation: IsolationReport | undefined }> => {
  try {
    const isolation = await probe()
    return { isolation, check: assess(isolation, required, waive) }
  } catch (error) {
    if (!isNootropicError(error)) throw error
    const finding = hostFinding({
      rule: 'host/isolation-unavailable',
      severity: 'critical',
      title: 'Isolation cannot be proved',
      message: error.message,
      remediation: errorCatalog[error.code].remedy,
      path,
      tags,
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
