import type { Dependency, DependencyFile, DependencyReader, Reading } from '../dependency.ts'
import { normalisePythonName } from '../dependency.ts'

/** A requirement of Python (PEP 508), as far as a version is told by it. */
export interface Requirement {
  readonly name: string
  readonly version: string | undefined
  readonly requirement: string
  readonly source: string | undefined
}

const namePattern = /^([A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?)\s*(?:\[[^\]]*\])?\s*(.*)$/s

/** Parses `name[extra] == 1.0 ; marker` or `name @ address`. */
export const parseRequirement = (text: string): Requirement | undefined => {
  const [, name, rest = ''] = namePattern.exec(text.trim()) ?? []
  if (name === undefined) return undefined
  if (rest.startsWith('@')) {
    const source = rest.slice(1).trim().split(/\s/)[0] ?? ''
    return { name: normalisePythonName(name), version: undefined, requirement: source, source }
  }
  const specifier = (rest.split(';')[0] ?? '').replace(/[()]/g, '').trim()
  const [, version] = /^={2,3}\s*([^\s,*]+)$/.exec(specifier) ?? []
  return { name: normalisePythonName(name), version, requirement: specifier, source: undefined }
}

// A file may include others, which may include it again (CWE-674).
const maximumIncludes = 64

interface Line {
  readonly text: string
  /** The packages that `# via` names, as pip-compile writes it. */
  readonly via: string[]
}

/** Logical lines: continuations joined, comments gone, `# via` kept with the requirement before it. */
const logicalLines = (text: string): Line[] => {
  const lines: Line[] = []
  for (const raw of text.replace(/\\\r?\n/g, ' ').split(/\r?\n/)) {
    const [, code = '', comment = ''] = /^((?:[^#]|(?<=\S)#)*)(?:#\s*(.*))?$/.exec(raw) ?? []
    if (code.trim() !== '') lines.push({ text: code.trim(), via: [] })
    const via = comment.replace(/^via\s*/, '').trim()
    const isVia = comment.startsWith('via') || (code.trim() === '' && /^\s+#\s{2,}\S/.test(raw))
    if (isVia && via !== '') lines.at(-1)?.via.push(...via.split(',').map((name) => name.trim()))
  }
  return lines
}

const addressPattern = /^(?:(?:git|hg|svn|bzr)\+|https?:|file:|ssh:)/

const nameOfAddress = (address: string): string =>
  normalisePythonName(
    /[#&]egg=([\w.-]+)/.exec(address)?.[1] ??
      address
        .split(/[/@#?]/)
        .filter((part) => part !== '')
        .at(-1) ??
      address,
  )

const readFile = (start: DependencyFile): Reading => {
  const dependencies: Dependency[] = []
  const problems: string[] = []
  const indexes: string[] = []
  const seen = new Set([start.path])
  const waiting = [{ file: start, isConstraint: false }]
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    const { file, isConstraint } = next
    for (const { text, via } of logicalLines(file.text)) {
      const [, include, target = ''] = /^(-r|--requirement|-c|--constraint)[\s=]*(.+)$/.exec(text) ?? []
      if (include !== undefined) {
        const included = file.sibling(target.trim())
        if (included === undefined) problems.push(`${file.path}: ${target.trim()} is not inside the directory`)
        else if (!seen.has(included.path) && seen.size < maximumIncludes) {
          seen.add(included.path)
          waiting.push({ file: included, isConstraint: include === '-c' || include === '--constraint' })
        }
        continue
      }
      const [, index] = /^(?:-i|--index-url|--extra-index-url|-f|--find-links)[\s=]*(\S+)/.exec(text) ?? []
      if (index !== undefined) indexes.push(index)
      const [, editable] = /^(?:-e|--editable)[\s=]*(\S+)/.exec(text) ?? []
      if (text.startsWith('-') && editable === undefined) continue
      const address = editable ?? (addressPattern.test(text) ? text.split(/\s/)[0] : undefined)
      if (address !== undefined) {
        // A folder of the project itself is no package of others.
        if (!addressPattern.test(address)) continue
        const name = nameOfAddress(address)
        const place = { ecosystem: 'PyPI', isDirect: true, chain: [name], source: address, file: file.path } as const
        dependencies.push({ name, version: undefined, requirement: address, ...place })
        continue
      }
      const parsed = parseRequirement(text.replace(/\s--\w.*$/s, ''))
      if (parsed === undefined) {
        if (!/^[./]/.test(text)) problems.push(`${file.path}: not read: ${text.slice(0, 100)}`)
        continue
      }
      // A constraint that pins nothing asks for nothing.
      if (isConstraint && parsed.version === undefined) continue
      const [parent] = via.filter((name) => !name.startsWith('-r') && !name.includes('(')).map(normalisePythonName)
      const isDirect = via.length === 0 || parent === undefined
      const chain = isDirect || parent === undefined ? [parsed.name] : [parent, parsed.name]
      dependencies.push({ ecosystem: 'PyPI', ...parsed, isDirect: isDirect && !isConstraint, chain, file: file.path })
    }
  }
  return { dependencies, problems, indexes }
}

/** Files of pip's requirements and constraints. */
export const requirements: DependencyReader = {
  name: 'pip',
  matches: (name) =>
    /^(requirements|constraints)[\w.-]*\.(txt|in)$/i.test(name) || /^[\w.-]+[-_.]requirements\.txt$/i.test(name),
  read: readFile,
}
