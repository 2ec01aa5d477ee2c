import { ruleTable } from '../rule.ts'

const untrusted = 'Do not unpack or load the archive. Get the model again from its source and compare its digest.'

/** What an entry of any archive can do to whoever unpacks it. */
export const entryRules = ruleTable('containers', {
  'entry-outside': {
    severity: 'high',
    title: 'An entry is written outside the directory that it is unpacked into',
    explanation:
      'The name is absolute, names a drive or a share, or climbs by `..`. Unpacking it overwrites a file of the attacker’s choice: a start-up script, a library, another model.',
    remediation: untrusted,
    tags: ['CWE-22', 'CWE-23', 'CVE-2007-4559', 'CVE-2024-5187', 'AML.T0011.000'],
    references: ['https://security.snyk.io/research/zip-slip-vulnerability'],
  },
  'entry-name-deceptive': {
    severity: 'medium',
    title: 'The name of an entry reads differently than it is',
    explanation:
      'The name holds a NUL, a control character or a change of writing direction. Python cuts a zip name at its NUL and other readers do not, so that one name stands for two files; people see a harmless extension.',
    remediation: untrusted,
    tags: ['CWE-158', 'CWE-451', 'AML.T0011.000'],
  },
  'entry-backslash': {
    severity: 'low',
    title: 'The name of an entry holds a backslash',
    explanation:
      'On Windows a backslash separates directories, elsewhere it is a letter: readers disagree about where the entry goes.',
    remediation: 'Pack the model again with a tool that separates directories by `/`.',
    tags: ['CWE-41'],
  },
  'entry-twice': {
    severity: 'medium',
    title: 'Two entries have the same name',
    explanation:
      'Some readers take the first, others the last. A scanner that reads one of them approves a file that the loader does not read.',
    remediation: untrusted,
    tags: ['CWE-436', 'CWE-694', 'AML.T0011.000'],
  },
  'entry-twice-by-case': {
    severity: 'medium',
    title: 'Two entries have names that differ only in case',
    explanation:
      'PyTorch’s zip reader finds entries without regard to case, and so do the file systems of Windows and macOS: the harmless one that a scanner reads is not the one that is loaded.',
    remediation: untrusted,
    tags: ['CWE-178', 'CWE-436', 'AML.T0011.000'],
  },
  'link-outside': {
    severity: 'high',
    title: 'A link in the archive leads outside of it',
    explanation:
      'Unpacking follows the link: later entries are written through it, or a file of the host is read as if it were part of the model.',
    remediation: untrusted,
    tags: ['CWE-59', 'CWE-61', 'CVE-2007-4559', 'CVE-2024-5187', 'AML.T0011.000'],
  },
  'link-inside': {
    severity: 'low',
    title: 'The archive holds a link',
    explanation: 'A link to another entry. It is harmless by itself, and no format of models needs it.',
    remediation: 'Unpack it only with a tool that keeps links inside the target directory.',
    tags: ['CWE-59'],
  },
  'entry-special': {
    severity: 'medium',
    title: 'An entry is a device, a pipe or a socket',
    explanation:
      'No model holds one. Unpacked with enough rights, a device node gives access to memory or disks of the host; a pipe makes its reader wait for ever.',
    remediation: untrusted,
    tags: ['CWE-73', 'AML.T0011.000'],
  },
  'entry-encrypted': {
    severity: 'medium',
    title: 'An entry is marked as encrypted',
    explanation:
      'No exporter of models encrypts entries. The mark stops scanners, while a loader such as PyTorch’s ignores it and loads the entry (CVE-2025-1945); a really encrypted entry cannot be looked at by anyone without its password.',
    remediation: 'Ask the publisher for the model without encryption, and scan that.',
    tags: ['CWE-693', 'CVE-2025-1945', 'GHSA-w8jq-xcqf-f792', 'AML.T0011.000'],
  },
  'entry-runs-itself': {
    severity: 'medium',
    title: 'An entry is a program that Python runs by itself',
    explanation:
      'Python runs `__main__.py` of an archive that is given to it, and imports `sitecustomize.py` and `usercustomize.py` of a directory in its path without being asked.',
    remediation: untrusted,
    tags: ['CWE-94', 'CWE-427', 'AML.T0011.000'],
  },
  'handler-code': {
    severity: 'medium',
    title: 'The model archive brings Python code that its server runs',
    explanation:
      'TorchServe imports the handler of a `.mar` archive, and any file beside it, with the rights of the server: registering the model is running its code.',
    remediation: 'Read the code of the handler, or serve the weights with a handler of your own.',
    tags: ['CWE-94', 'CVE-2023-43654', 'AML.T0011.000'],
  },
  'torchscript-file-access': {
    severity: 'high',
    title: 'TorchScript code reaches files or native libraries',
    explanation:
      'TorchScript cannot call Python, but operators such as `aten::from_file` and `aten::save` open any file of the host, and an operator of a foreign namespace runs native code: loading with `weights_only` does not help.',
    remediation: 'Do not run the model. Export it again from weights that you trust.',
    tags: ['CWE-73', 'CWE-829', 'AML.T0011.000'],
  },
  bomb: {
    severity: 'high',
    title: 'The content expands beyond any model',
    explanation:
      'A small file that unpacks to a huge one, or to more entries than a model has, fills memory or disk of whoever opens it, and keeps scanners from the part that matters.',
    remediation: untrusted,
    tags: ['CWE-409', 'CWE-400', 'AML.T0029'],
  },
})
