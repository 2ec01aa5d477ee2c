import { ruleTable } from '../../rule.ts'

const untrusted = 'Do not load the file. Get it again from its source and compare its digest.'

/** What a zip says in one place and not in another: what its readers would disagree about. */
export const zipRules = ruleTable('containers', {
  'zip-checksum': {
    severity: 'high',
    title: 'The content of an entry does not have the checksum that the archive states',
    explanation:
      'Python refuses to read such an entry, so that scanners built on it skip it; PyTorch’s reader does not check and loads it (CVE-2025-10156).',
    remediation: untrusted,
    tags: ['CWE-354', 'CWE-693', 'CVE-2025-10156', 'GHSA-mjqp-26hc-grxg', 'AML.T0011.000'],
  },
  'zip-reserved-flag': {
    severity: 'high',
    title: 'An entry has a flag that makes readers refuse it',
    explanation:
      'Compressed patched data (0x20), strong encryption (0x40) and masked headers (0x2000) stop Python’s reader and the scanners built on it; PyTorch’s reader ignores them and loads the entry (CVE-2025-1945).',
    remediation: untrusted,
    tags: ['CWE-693', 'CVE-2025-1945', 'GHSA-w8jq-xcqf-f792', 'AML.T0011.000'],
  },
  'zip-name-mismatch': {
    severity: 'high',
    title: 'An entry has one name in the directory and another before its data',
    explanation:
      'Readers that go by the directory and readers that go by the data see different files. Python refuses the entry, PyTorch loads it (CVE-2025-1944).',
    remediation: untrusted,
    tags: ['CWE-345', 'CWE-436', 'CVE-2025-1944', 'GHSA-7q5r-7gvp-wc82', 'AML.T0011.000'],
  },
  'zip-size-mismatch': {
    severity: 'high',
    title: 'An entry has one size in the directory and another before its data',
    explanation:
      'A reader that goes by the directory and one that walks from the start cut the data at different places: each can be shown something else.',
    remediation: untrusted,
    tags: ['CWE-130', 'CWE-436', 'AML.T0011.000'],
  },
  'zip-method-mismatch': {
    severity: 'high',
    title: 'An entry has one compression in the directory and another before its data',
    explanation:
      'The same bytes are the content for one reader and have to be expanded for another: what is scanned is not what is loaded.',
    remediation: untrusted,
    tags: ['CWE-436', 'AML.T0011.000'],
  },
  'zip-unlisted': {
    severity: 'high',
    title: 'The archive holds an entry that its directory does not list',
    explanation:
      'Readers that walk from the start unpack it, readers that go by the directory never show it: a place to hide a payload.',
    remediation: untrusted,
    tags: ['CWE-436', 'CWE-506', 'AML.T0011.000'],
  },
  'zip-missing': {
    severity: 'medium',
    title: 'The directory lists an entry that is not there',
    explanation:
      'At the place that the directory names, no entry begins. Scanners give up there, and tolerant readers may look elsewhere.',
    remediation: untrusted,
    tags: ['CWE-20', 'CWE-436'],
  },
  'zip-second-directory': {
    severity: 'high',
    title: 'The archive has more than one directory',
    explanation:
      'Which of the end records is the real one depends on how a reader searches: from the end, by the length of the comment, by the stated offset. Each reader can be given other entries.',
    remediation: untrusted,
    tags: ['CWE-436', 'CWE-345', 'AML.T0011.000'],
  },
  'zip-no-directory': {
    severity: 'medium',
    title: 'The archive has no directory',
    explanation:
      'It is cut off, or its directory was removed. Most readers refuse it, those that walk from the start unpack it all the same.',
    remediation: untrusted,
    tags: ['CWE-20', 'CWE-436'],
  },
  'zip-prepended': {
    severity: 'medium',
    title: 'There is something before the archive',
    explanation:
      'Readers find a zip from its end, so that anything can stand before it: a program, a pickle, another model. The file is one thing for some loaders and an archive for others.',
    remediation: untrusted,
    tags: ['CWE-434', 'CWE-436', 'AML.T0011.000'],
  },
  'zip-appended': {
    severity: 'medium',
    title: 'There is something after the archive',
    explanation: 'Bytes after the end record belong to no entry: a payload, or the start of another file format.',
    remediation: untrusted,
    tags: ['CWE-434', 'CWE-506'],
  },
  'zip-gap': {
    severity: 'medium',
    title: 'There is something between the entries',
    explanation: 'Bytes that belong to no entry and are no padding: a place to hide what only its reader knows of.',
    remediation: untrusted,
    tags: ['CWE-506', 'CWE-1286'],
  },
  'zip-overlap': {
    severity: 'high',
    title: 'Entries share the same bytes',
    explanation:
      'Entries that lie over one another make bombs that no ratio shows (one kernel of data, quoted by thousands of entries), and contents that are different for each reader.',
    remediation: untrusted,
    tags: ['CWE-409', 'CWE-436', 'CVE-2019-13232', 'AML.T0029'],
    references: ['https://www.bamsoftware.com/hacks/zipbomb/'],
  },
  'zip-count': {
    severity: 'medium',
    title: 'The directory has another number of entries than the archive states',
    explanation:
      'PyTorch’s reader takes as many as are stated, Python’s as many as fit the directory: one of them does not see the rest.',
    remediation: untrusted,
    tags: ['CWE-130', 'CWE-436', 'AML.T0011.000'],
  },
  'zip64-mismatch': {
    severity: 'medium',
    title: 'The two records of a large archive contradict each other',
    explanation:
      'Sizes of 64 bits stand beside those of 32 bits. Where both are given and differ, readers with and without zip64 see different archives.',
    remediation: untrusted,
    tags: ['CWE-436', 'CWE-130', 'AML.T0011.000'],
  },
  'zip-descriptor': {
    severity: 'medium',
    title: 'The record after the data of an entry contradicts the directory',
    explanation:
      'Readers of streams take size and checksum from the descriptor after the data, others from the directory.',
    remediation: untrusted,
    tags: ['CWE-436', 'CWE-130'],
  },
  'zip-second-name': {
    severity: 'medium',
    title: 'An entry has a second name',
    explanation:
      'The Unicode path field gives another name than the entry’s own. Info-ZIP takes the one, Python and PyTorch the other.',
    remediation: untrusted,
    tags: ['CWE-436', 'CWE-451', 'AML.T0011.000'],
  },
  'zip-unknown-method': {
    severity: 'medium',
    title: 'An entry is compressed by a method that no loader of models knows',
    explanation: 'Nobody who loads models can read it, and neither can a scanner: it is there for something else.',
    remediation: untrusted,
    tags: ['CWE-506', 'CWE-693'],
  },
  'zip-rare-method': {
    severity: 'low',
    title: 'An entry is compressed by a method that few readers know',
    explanation:
      'bzip2, LZMA, Zstandard and XZ in a zip are read by some loaders and refused by others, and by most scanners.',
    remediation: 'Pack the model again, stored or deflated.',
    tags: ['CWE-693'],
  },
  'zip-several-disks': {
    severity: 'medium',
    title: 'The archive says that it is one of several volumes',
    explanation: 'The rest of it is in other files, which readers ask for or leave out: what is here is not the whole.',
    remediation: 'Join the volumes, and scan the whole.',
    tags: ['CWE-20'],
  },
})
