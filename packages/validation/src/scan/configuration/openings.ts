import { opensLikeMarkdown } from '../text/kinds.ts'
import { readJson } from './json-reader.ts'

/** An object with a quoted key, or a list that reads as JSON as far as it goes. */
export const opensLikeJson = (opening: string): boolean => {
  if (/^\s{0,1000}\{\s{0,1000}(?:["}]|\/[/*])/.test(opening)) return true
  if (!/^\s{0,1000}\[\s{0,1000}(?:[[{"\]\d-]|true|false|null|NaN|Infinity)/.test(opening)) return false
  const { fault } = readJson(opening)
  // A nearby end is where the opening was cut off.
  return fault === undefined || fault.kind !== 'syntax' || fault.offset > opening.length - 200
}

const linesOf = (opening: string): readonly string[] => {
  const lines = opening.split('\n')
  // The head ends anywhere in its last line.
  return lines.length > 2 ? lines.slice(0, -1) : lines
}

const section = /^\[{1,2}[\w."' :\\/*,@-]{1,200}\]{1,2}\s{0,20}(?:[#;]|$)/
const assignment = /^\s{0,40}["']?[A-Za-z_][\w.:/-]{0,100}["']?[ \t]{0,40}=(?!=)/

const significant = (line: string): boolean => !/^\s{0,200}(?:[#;]|$)/.test(line)

/** A section, or assignments, at the first lines that say anything. */
export const opensLikeToml = (opening: string): boolean => {
  const lines = linesOf(opening).filter(significant)
  const [first = '', second = ''] = lines
  // Special tokens stand in brackets as well, and nothing is assigned below them.
  if (section.test(first)) return lines.slice(1, 20).some((line) => assignment.test(line))
  return (
    /^[A-Za-z_][\w-]{0,60} ?= ?(?:["'[{]|-?\d|true|false)/.test(first) &&
    (second === '' || assignment.test(second) || /^\s|^\]/.test(second))
  )
}

/** Properties: every line is an assignment. */
export const opensLikeIni = (opening: string): boolean => {
  const lines = linesOf(opening).filter(significant)
  return (
    lines.length > 0 &&
    lines.every((line) => assignment.test(line) && !/^\s{0,40}(?:for|if|return|while|let|var|const) /.test(line))
  )
}

const yamlKey =
  /^(?:- {1,8}){0,8}(?:[\w.$@/<>*+-](?:[\w.$@/()<>*+-]| (?=\S)){0,80}|"[^"]{0,200}"|'[^']{0,200}')[ \t]{0,40}:(?:\s|$)/
const yamlOther = /^(?:-(?:\s|$)|---(?:\s|$)|\.\.\.\s{0,20}$|%(?:YAML|TAG) |[\]}]|[&!?](?:\S|\s))/
const yamlFlow = /^[[{]\s{0,100}(?:!{1,2}[\w<]|&\w|["']?[\w.$-]{1,100}["']?\s{0,20}:\s)/

/** Keys, items and markers at the left edge, and nothing else there. */
export const opensLikeYaml = (opening: string): boolean => {
  if (yamlFlow.test(opening)) return true
  if (opening.startsWith('---') && opensLikeMarkdown(opening)) return false
  const lines = linesOf(opening).filter((line) => !/^(?:\s{0,200}#|\s{0,200}$)/.test(line))
  // What is indented belongs to a line before it: values over several lines may hold anything.
  const outer = lines.filter((line) => !/^[ \t]/.test(line))
  const isYaml = outer.length > 0 && outer.every((line) => yamlKey.test(line) || yamlOther.test(line))
  return (
    isYaml &&
    outer.some((line) => yamlKey.test(line) || /^(?:---\s{0,20})?[!&%]|^- {0,8}!/.test(line) || line.startsWith('---'))
  )
}
