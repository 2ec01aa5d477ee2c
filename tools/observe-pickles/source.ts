/** Library, rule, reason, and the names by module. */
export type Group = readonly [string, string, string, Readonly<Record<string, readonly string[]>>]

const header = '// Written by `pnpm observe-pickles`: change its review or its objects, not this file.\n'
const lineWidth = 120

const camelCase = (text: string): string => text.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase())

const constantOf = (family: string): string => `${camelCase(family)}Globals`

const quote = (text: string): string => (text.includes("'") ? JSON.stringify(text) : `'${text}'`)

/** Names in lines of a template literal. */
const wrapped = (names: readonly string[], indent: string): string => {
  const lines = ['']
  for (const name of names) {
    const line = lines.at(-1) ?? ''
    const longer = line === '' ? name : `${line} ${name}`
    if (indent.length + longer.length > lineWidth) lines.push(name)
    else lines[lines.length - 1] = longer
  }
  return lines.map((line) => indent + line).join('\n')
}

const propertyOf = (module: string, names: readonly string[], indent: string): string => {
  const key = /^[A-Za-z_$][\w$]*$/.test(module) ? module : `'${module}'`
  const line = `${indent}${key}: '${names.join(' ')}',`
  return line.length <= lineWidth ? line : `${indent}${key}: \`\n${wrapped(names, `${indent}  `)}\n${indent}\`,`
}

const groupSource = ([library, rule, reason, modules]: Group): string => {
  const properties = (indent: string): string =>
    Object.entries(modules)
      .map(([module, names]) => propertyOf(module, names, indent))
      .join('\n')
  const start = `  ...allow(${quote(library)}, '${rule}', ${quote(reason)}, {`
  return start.length <= lineWidth
    ? `${start}\n${properties('    ')}\n  }),`
    : `  ...allow(\n    ${quote(library)},\n    '${rule}',\n    ${quote(reason)},\n    {\n${properties('      ')}\n    },\n  ),`
}

/** The file of one family of libraries. */
export const familySource = (family: string, groups: readonly Group[]): string =>
  `${header}import { type AllowedGroup, allow } from '../globals.ts'

/** Names of the family \`${family}\` that may stand in a pickle. */
export const ${constantOf(family)}: readonly AllowedGroup[] = [
${groups.map(groupSource).join('\n')}
]
`

/** The file that puts the families together. */
export const aggregateSource = (families: readonly string[]): string =>
  `${header}${families.map((family) => `import { ${constantOf(family)} } from './allowed-globals/${family}.ts'`).join('\n')}
import type { AllowedGroup } from './globals.ts'

/**
 * Every name that may stand in a pickle. Each was seen in a pickle that a real library wrote, or read in its source when
 * the library begins with \`reviewed:\`; each was judged by what loading it runs (\`tools/observe-pickles/review.py\`).
 */
export const allowedGlobals: readonly AllowedGroup[] = [
${families.map((family) => `  ...${constantOf(family)},`).join('\n')}
]
`
