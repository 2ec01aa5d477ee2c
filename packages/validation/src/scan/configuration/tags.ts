import type { Inspection } from '../inspection.ts'
import { printable } from '../rule.ts'
import { configurationRules } from './rules.ts'
import { judgeTarget } from './targets.ts'
import type { YamlReading } from './yaml-reader.ts'

const pythonPrefix = 'tag:yaml.org,2002:python/'

/** Types of plain data, which a safe loader builds as well. */
const plainTypes = new Set(
  'none bool str unicode bytes int long float complex list tuple dict'
    .split(' ')
    .map((name) => `${pythonPrefix}${name}`),
)

const checkPythonTag = (tag: string, value: string, offset: number, inspection: Inspection): void => {
  const [kind = '', name = value] = tag.slice(pythonPrefix.length).split(':', 2)
  // `name` and `module` only import; `object` and its kin call as well.
  const isImport = kind === 'name' || kind === 'module'
  inspection.report({
    rule: configurationRules['python-tag'],
    message: `expected plain data, found a tag that ${isImport ? 'imports' : 'calls'} ${printable(name)}`,
    offset,
    evidence: { tag: printable(tag) },
    severity: isImport ? 'high' : 'critical',
  })
}

const constructorTag = /^!(?<kind>new|name|apply|module):(?<name>[\w.]{1,300})/

/** Reports tags that make a loader import or call something. */
export const checkTags = (tags: YamlReading['tags'], inspection: Inspection): void => {
  for (const { tag, offset, value } of tags) {
    if (tag.startsWith(pythonPrefix)) {
      if (!plainTypes.has(tag)) checkPythonTag(tag, value, offset, inspection)
      continue
    }
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

/** A tag of Python in text that is not parsed: too long, or no YAML for this parser though perhaps for another. */
const looseTag = /(?:!!|tag:yaml\.org,2002:)(python\/(?:object|name|module)[\w/]{0,20}:[\w.]{0,200})/

/** Reports Python tags in text that is not parsed as YAML. */
export const checkLooseTags = (text: string, inspection: Inspection): void => {
  const tag = looseTag.exec(text)?.[1]
  if (tag !== undefined) checkPythonTag(`tag:yaml.org,2002:${tag}`, '', 0, inspection)
}
