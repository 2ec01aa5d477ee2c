import type { Inspection } from '../inspection.ts'
import { printable } from '../rule.ts'
import { configurationRules } from './rules.ts'

const sources: readonly (readonly [pattern: RegExp, what: string])[] = [
  [
    /^[ \t]{0,8}(?:-i|--index-url|--extra-index-url|-f|--find-links)[ =]{1,4}http:\/\/(?!localhost|127\.)[^\s]{1,300}/m,
    'an index without encryption',
  ],
  [/^[ \t]{0,8}--trusted-host[ =]{1,4}(?!localhost|127\.)\S{1,200}/m, 'a host whose certificate is not looked at'],
  [/(?:^[ \t]{0,8}|@ |git\+)http:\/\/(?!localhost|127\.)\S{1,300}/m, 'a package from an address without encryption'],
  [/(?:^[ \t]{0,8}|@ |git\+)https?:\/\/(?:\d{1,3}\.){3}\d{1,3}\S{0,300}/m, 'a package from a numeric address'],
]

/** Reports where a list of packages takes them from. */
export const checkPackageSources = (text: string, inspection: Inspection): void => {
  for (const [pattern, what] of sources) {
    const found = pattern.exec(text)?.[0].trim()
    if (found === undefined) continue
    inspection.report({
      rule: configurationRules['untrusted-package-source'],
      message: `expected packages from an index over https, found ${what}: ${printable(found)}`,
      evidence: { found: printable(found) },
    })
  }
}
