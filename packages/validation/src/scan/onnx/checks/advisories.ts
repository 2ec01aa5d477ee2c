import { walkNodes, walkTensors } from '@nootropic/core/formats'
import { satisfies } from 'semver'
import { printable, type Sighting } from '../../rule.ts'
import { advisories } from '../advisories.ts'
import type { OnnxCheck } from '../check.ts'
import { canonicalDomain } from '../operator-sets.ts'
import { onnxRules } from '../rules.ts'

/** What of a model an advisory may be about. */
const featuresOf = ({ model }: Parameters<OnnxCheck['check']>[0]): ReadonlyMap<string, string> => {
  const features = new Map<string, string>()
  const add = (feature: string, place: string): void => {
    if (!features.has(feature)) features.set(feature, place)
  }
  for (const { node, place } of walkNodes(model)) {
    const domain = canonicalDomain(node.domain)
    add(domain === '' ? node.opType : `${domain}:${node.opType}`, place)
  }
  for (const { tensor, place } of walkTensors(model)) {
    if (tensor.externalData.length > 0) add('external data', place)
    add(`data type ${tensor.dataType}`, place)
  }
  return features
}

/** What is known of the onnxruntime that would run the model, in what the model uses. */
export const advisoriesCheck: OnnxCheck = {
  name: 'advisories',
  *check(scan): Generator<Sighting> {
    const { runtimeVersion } = scan
    if (runtimeVersion === undefined) return
    const open = advisories.filter(({ affected }) => satisfies(runtimeVersion, affected, { includePrerelease: true }))
    if (open.length === 0) return
    const features = featuresOf(scan)
    for (const { id, uses, summary, references } of open) {
      const feature = uses.find((name) => features.has(name))
      if (feature === undefined) continue
      yield {
        rule: onnxRules['runtime-advisory'],
        message: `expected an onnxruntime without known defects in ${printable(feature)}, found ${runtimeVersion}: ${summary} (${references.join(', ')})`,
        inside: features.get(feature),
        evidence: { advisory: id, runtime: runtimeVersion },
      }
    }
  },
}
