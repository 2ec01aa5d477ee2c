import { ruleTable } from '../scan/rule.ts'

const osv = 'https://ossf.github.io/osv-schema/'

/** What the packages of a project can be. */
export const dependencyRules = ruleTable('dependencies', {
  vulnerable: {
    severity: 'high',
    title: 'A package has a known vulnerability',
    explanation: 'An advisory names this version. Whoever reaches the faulty code can do what the advisory describes.',
    remediation: 'Move to a version that the advisory calls fixed.',
    tags: ['CWE-1395', 'AML.T0010'],
    references: [osv],
  },
  malicious: {
    severity: 'critical',
    title: 'A package was published to do harm',
    explanation:
      'The database lists this version as malware. It ran when it was installed: the host and its secrets count as lost.',
    remediation: 'Remove the package, replace every secret that the host held, and set the host up anew.',
    tags: ['CWE-506', 'AML.T0010'],
    references: ['https://github.com/ossf/malicious-packages'],
  },
  unpinned: {
    severity: 'low',
    title: 'A package is asked for without a version',
    explanation: 'What is installed is decided anew each time, by whoever publishes. No advisory can be matched.',
    remediation: 'Commit a lock file, or pin the version with its hash.',
    tags: ['CWE-1357', 'AML.T0010'],
  },
  'unknown-version': {
    severity: 'low',
    title: 'A version cannot be compared',
    explanation:
      'The version, or a bound in an advisory, is not written as its ecosystem writes versions, so whether it is affected is not known.',
    remediation: 'Pin a released version of the registry.',
    tags: ['CWE-1357'],
  },
  'remote-source': {
    severity: 'low',
    title: 'A package comes from outside its registry',
    explanation:
      'The package is fetched from a repository or an address. What stands there can be changed by its owner, and advisories of the registry say nothing of it.',
    remediation: 'Use a release of the registry, or pin a commit and its hash.',
    tags: ['CWE-829', 'CWE-494', 'AML.T0010'],
  },
  'insecure-source': {
    severity: 'medium',
    title: 'A package or an index is fetched without encryption',
    explanation: 'Whoever sits between the host and the address can put another package in place of it.',
    remediation: 'Use an https address.',
    tags: ['CWE-319', 'CWE-494'],
  },
  'extra-index': {
    severity: 'low',
    title: 'Packages are looked up in another index as well',
    explanation:
      'pip takes the highest version among all indexes. Who publishes a name of a private package in the public one wins (dependency confusion).',
    remediation: 'Use one index that proxies the others, and pin hashes.',
    tags: ['CWE-427', 'CVE-2018-20225', 'AML.T0010'],
  },
})
