import { ruleTable } from './rule.ts'

/** What a file can be as a whole. */
export const fileRules = ruleTable('file', {
  empty: {
    severity: 'low',
    title: 'The file is empty',
    explanation:
      'A file without bytes is no model. It is what a broken download leaves, and a place where another file may be put later.',
    remediation: 'Get the file again from its source and compare its digest.',
    tags: ['CWE-20'],
  },
  polyglot: {
    severity: 'high',
    title: 'The file is two things at once',
    explanation:
      'Two loaders would read two different files out of the same bytes. A scanner that looks at one of them misses what the other would do.',
    remediation: 'Do not load the file. Get it again from its source and compare its digest.',
    tags: ['CWE-434', 'CWE-436'],
  },
})
