import type { Inspection } from '../inspection.ts'
import { printable } from '../rule.ts'
import { configurationRules } from './rules.ts'
import { type Entry, placeOf, walk } from './walk.ts'

/** References that are told of one field (CWE-770). */
const maximumReferences = 50

/** `module.Class`, perhaps of another repository: `owner/name--module.Class`. */
const codeReference = /^(?:[\w./-]{1,200}--)?[A-Za-z_][\w./]{0,300}\.[A-Za-z_]\w{0,100}$/

/** Reports the Python code that `auto_map` and `custom_pipelines` name. */
export const checkCodeMap = ({ key, value, path }: Entry, inspection: Inspection): void => {
  const references: string[] = []
  walk(value, (inner) => {
    const isNamed = key === 'auto_map' || inner.key === 'impl'
    if (isNamed && typeof inner.value === 'string' && codeReference.test(inner.value)) references.push(inner.value)
    return references.length < maximumReferences
  })
  const inside = placeOf(path)
  const own = references.filter((reference) => !reference.includes('--'))
  if (own.length > 0) {
    inspection.report({
      rule: configurationRules['repository-code'],
      message: `expected classes of the library, found ${key} that names ${own.map(printable).join(', ')}`,
      inside,
      evidence: { references: own.map(printable) },
    })
  }
  for (const reference of references.filter((name) => name.includes('--'))) {
    inspection.report({
      rule: configurationRules['foreign-repository-code'],
      message: `expected code of the model's own repository or none, found ${key} that names ${printable(reference)}`,
      inside,
      evidence: { reference: printable(reference) },
    })
  }
}

/** Reports consent to remote code that is written into a file. */
export const checkTrust = ({ value, path }: Entry, inspection: Inspection): void => {
  if (value !== true && !(typeof value === 'string' && /^(?:true|yes|on|1)$/i.test(value))) return
  inspection.report({
    rule: configurationRules['trusted-remote-code'],
    message: 'expected the user to decide about remote code, found trust_remote_code that is set in the file',
    inside: placeOf(path),
    evidence: { value: String(value) },
  })
}

/** Reports an attention implementation that is a repository of compiled code. */
export const checkHubKernel = ({ key, value, path }: Entry, inspection: Inspection): void => {
  if (typeof value !== 'string' || !/^[\w.-]{1,100}\/[\w.-]{1,100}(?:[@:][\w.:-]{1,100})?$/.test(value)) return
  inspection.report({
    rule: configurationRules['hub-kernel'],
    message: `expected ${key} to name an implementation of the library, found the repository ${printable(value)}`,
    inside: placeOf(path),
    evidence: { repository: printable(value) },
  })
}
