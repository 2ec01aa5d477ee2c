import { wholeLinesOf } from '../text/decode.ts'
import { opensLikeMarkdown } from '../text/kinds.ts'
import { readJson } from './json-reader.ts'
import { withOlderLineEnds } from './line-ends.ts'

/** An object with a quoted key, or a list that reads as JSON as far as it goes. */
export const opensLikeJson = (opening: string): boolean => {
  if (/^\s{0,1000}\{\s{0,1000}(?:["}]|\/[/*])/.test(opening)) return true
  if (!/^\s{0,1000}\[\s{0,1000}(?:[[{"\]\d-]|true|false|null|NaN|Infinity)/.test(opening)) return false
  const { fault } = readJson(opening)
  // A nearby end is where the opening was cut off.
  return fault === undefined || fault.kind !== 'syntax' || fault.offset > opening.length - 200
}

const section = /^\[{1,2}[\w."' :\\/*,@-]{1,200}\]{1,2}\s{0,20}(?:[#;]|$)/
const assignment = /^\s{0,40}["']?[A-Za-z_][\w.:/-]{0,100}["']?[ \t]{0,40}=(?!=)/

const significant = (line: string): boolean => !/^\s{0,200}(?:[#;]|$)/.test(line)

/** A section, or assignments, at the first lines that say anything. */
export const opensLikeToml = (lines: readonly string[]): boolean => {
  const at = lines.findIndex(significant)
  const first = lines[at] ?? ''
  // Most texts are told apart by this line, and need no look at the others.
  const isSection = section.test(first)
  if (!isSection && !/^[A-Za-z_][\w-]{0,60} ?= ?(?:["'[{]|-?\d|true|false)/.test(first)) return false
  const others = lines.slice(at + 1).filter(significant)
  // Special tokens stand in brackets as well, and nothing is assigned below them.
  if (isSection) return others.slice(0, 19).some((line) => assignment.test(line))
  const [second = ''] = others
  return second === '' || assignment.test(second) || /^\s|^\]/.test(second)
}

const isProperty = (line: string): boolean =>
  assignment.test(line) && !/^\s{0,40}(?:for|if|return|while|let|var|const) /.test(line)

/** Properties: every line is an assignment. */
export const opensLikeIni = (lines: readonly string[]): boolean =>
  lines.every((line) => !significant(line) || isProperty(line)) && lines.some(significant)

const yamlKey =
  /^(?:- {1,8}){0,8}(?:[\w.$@/<>*+-](?:[\w.$@/()<>*+-]| (?=\S)){0,80}|"[^"]{0,200}"|'[^']{0,200}')[ \t]{0,40}:(?:\s|$)/
const yamlOther = /^(?:-(?:\s|$)|---(?:\s|$)|\.\.\.\s{0,20}$|%(?:YAML|TAG) |[\]}]|[&!?](?:\S|\s))/
const yamlFlow = /^[[{]\s{0,100}(?:!{1,2}[\w<]|&\w|["']?[\w.$-]{1,100}["']?\s{0,20}:\s)/

/** Keys, items and markers at the left edge, and nothing else there. */
export const opensLikeYaml = (opening: string, lines: readonly string[]): boolean => {
  if (yamlFlow.test(opening)) return true
  if (opening.startsWith('---') && opensLikeMarkdown(opening)) return false
  const older = withOlderLineEnds(opening)
  let hasKey = false
  for (const line of older === opening ? lines : wholeLinesOf(older)) {
    // What is indented belongs to a line before it: values over several lines may hold anything.
    if (line === '' || /^(?:[ \t]|\s{0,200}(?:#|$))/.test(line)) continue
    const isKey = yamlKey.test(line)
    if (!isKey && !yamlOther.test(line)) return false
    hasKey ||= isKey || /^(?:---\s{0,20})?[!&%]|^- {0,8}!/.test(line) || line.startsWith('---')
  }
  return hasKey
}
