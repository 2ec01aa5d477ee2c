import { ruleTable } from '../../rule.ts'

const untrusted = 'Do not load the file. Get it again from its source and compare its digest.'

/** What a compressed stream hides or breaks off. */
export const streamRules = ruleTable('containers', {
  'stream-trailing': {
    severity: 'medium',
    title: 'There is something after the end of the compressed stream',
    explanation: 'Readers ignore it or fail at it: it is not part of the model, and nobody sees it.',
    remediation: untrusted,
    tags: ['CWE-506', 'CWE-434'],
  },
  'stream-broken': {
    severity: 'medium',
    title: 'The compressed stream is damaged',
    explanation:
      'It stops making sense, or its checksum is wrong. Loaders hand on what came before: a pickle at the start has run by the time the damage is noticed, while scanners give up.',
    remediation: untrusted,
    tags: ['CWE-354', 'CWE-693', 'AML.T0011.000'],
  },
  'stream-truncated': {
    severity: 'low',
    title: 'The compressed stream is cut off',
    explanation: 'Its end is missing, as after a broken download. What came out before the end is looked at.',
    remediation: 'Get the file again from its source and compare its digest.',
    tags: ['CWE-20'],
  },
  'stream-members': {
    severity: 'low',
    title: 'Several compressed streams stand one after another',
    explanation: 'Most readers join them, some read only the first: they load different contents.',
    remediation: 'Compress the content again as a whole.',
    tags: ['CWE-436'],
  },
  'stream-window': {
    severity: 'medium',
    title: 'The compressed stream asks for a huge window',
    explanation: 'Its header makes the reader set aside more memory than any compressor of models asks for.',
    remediation: untrusted,
    tags: ['CWE-789', 'AML.T0029'],
  },
  'stream-skipped': {
    severity: 'low',
    title: 'The compressed stream has a frame that readers skip',
    explanation: 'Its content is nobody’s: indexes of seekable archives stand there, or something hidden.',
    remediation: 'Compress the content again.',
    tags: ['CWE-506'],
  },
  'stream-malformed': {
    severity: 'medium',
    title: 'The header of the compressed stream uses what is reserved',
    explanation: 'Some readers refuse such a stream and others read it: it is made to be seen by some of them only.',
    remediation: untrusted,
    tags: ['CWE-20', 'CWE-693'],
  },
})
