import { ruleTable } from '../../rule.ts'

const untrusted = 'Do not unpack or load the archive. Get the model again from its source and compare its digest.'

/** What the headers of a tar say against one another. */
export const tarRules = ruleTable('containers', {
  'tar-checksum': {
    severity: 'medium',
    title: 'A header of the tar has a wrong checksum',
    explanation:
      'Some readers stop there, some skip ahead to the next header that is sound: the entries after it exist for some of them only.',
    remediation: untrusted,
    tags: ['CWE-354', 'CWE-436'],
  },
  'tar-size-override': {
    severity: 'high',
    title: 'An entry of the tar has two sizes',
    explanation:
      'The pax header gives another size than the header of the entry. A reader that goes by the wrong one takes the content of an entry for headers, and unpacks files that another reader never sees (TARmageddon).',
    remediation: untrusted,
    tags: ['CWE-843', 'CWE-436', 'CVE-2025-62518', 'GHSA-j5gw-2vrg-8fgx', 'AML.T0011.000'],
  },
  'tar-name-override': {
    severity: 'medium',
    title: 'An entry of the tar has two names',
    explanation:
      'A pax or GNU header replaces a name that fits its own field. Readers that know the extension unpack one file, the others another one.',
    remediation: untrusted,
    tags: ['CWE-436', 'CWE-451', 'AML.T0011.000'],
  },
  'tar-after-end': {
    severity: 'medium',
    title: 'There is something after the end of the tar',
    explanation:
      'Two blocks of zeros end a tar. Readers that are told to ignore them go on, all others never see what follows.',
    remediation: untrusted,
    tags: ['CWE-506', 'CWE-436'],
  },
  'tar-malformed': {
    severity: 'medium',
    title: 'A header of the tar holds a number that cannot be',
    explanation:
      'A size that is negative, no octal number, or longer than the file: readers differ in what they make of it.',
    remediation: untrusted,
    tags: ['CWE-20', 'CWE-190'],
  },
  'tar-sparse': {
    severity: 'medium',
    title: 'An entry of the tar has holes',
    explanation:
      'Only pieces of a sparse entry are stored, and a map puts them in their places: what is unpacked are other bytes than those in the archive, and its size is free to choose.',
    remediation: 'Pack the model again without `--sparse`.',
    tags: ['CWE-409', 'CWE-436', 'CVE-2025-58183'],
  },
  'tar-unknown-type': {
    severity: 'low',
    title: 'An entry of the tar is of a kind that is not defined',
    explanation: 'Readers take it for a file, skip it, or stop.',
    remediation: 'Pack the model again.',
    tags: ['CWE-436'],
  },
})
