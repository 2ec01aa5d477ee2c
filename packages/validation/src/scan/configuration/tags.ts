import type { Inspection } from '../inspection.ts'
import { printable } from '../rule.ts'
import { checkPythonTag, decodedTag } from './python-tags.ts'
import { configurationRules } from './rules.ts'
import { judgeTarget } from './targets.ts'
import type { YamlReading } from './yaml-reader.ts'

const constructorTag = /^!(?<kind>new|name|apply|module):(?<name>[\w.]{1,300})/

/** Reports tags that make a loader import or call something. */
export const checkTags = (tags: YamlReading['tags'], inspection: Inspection): void => {
  for (const { tag: written, offset, value } of tags) {
    const tag = decodedTag(written)
    if (checkPythonTag(tag, value, offset, inspection)) continue
    const { kind, name } = constructorTag.exec(tag)?.groups ?? {}
    if (kind === undefined || name === undefined) continue
    const judged = judgeTarget(name)
    if (judged.kind === 'known') continue
    const isDangerous = judged.kind === 'dangerous'
    inspection.report({
      rule: configurationRules[isDangerous ? 'dangerous-target' : 'constructor-tag'],
      message: `expected a tag that names a class of a model library, found ${printable(tag)}${isDangerous ? `, which ${judged.does}` : ''}`,
      offset,
      evidence: { tag: printable(tag), target: printable(name) },
    })
  }
}
