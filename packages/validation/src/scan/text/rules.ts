import { ruleTable } from '../rule.ts'

/** What a text says that no documentation needs to say. */
export const textRules = ruleTable('text', {
  'provider-token': {
    severity: 'medium',
    title: 'An access token of a service stands in the text',
    explanation:
      'The text holds a token in the form that a provider gives it. Whoever has the file can act with the account of whoever made it, and replace the model at its source.',
    remediation: 'Revoke the token at its provider, and remove it from the file and its history.',
    tags: ['CWE-798', 'CWE-312', 'AML.T0055'],
  },
  'private-key': {
    severity: 'high',
    title: 'A private key stands in the text',
    explanation:
      'A key that signs or decrypts was left in the file. Whoever has the file can sign or read in its owner’s name.',
    remediation: 'Replace the key pair, and remove the key from the file and its history.',
    tags: ['CWE-321', 'CWE-312', 'AML.T0055'],
  },
  'assigned-secret': {
    severity: 'medium',
    title: 'A password or key is written into the text',
    explanation:
      'A name such as `api_key` or `password` is given a value that looks random. It is a credential that everybody who gets the model also gets.',
    remediation: 'Change the credential, take it from the environment or a vault, and remove it from the file.',
    tags: ['CWE-798', 'AML.T0055'],
  },
  'address-with-password': {
    severity: 'medium',
    title: 'An address carries a user name and a password',
    explanation: 'A connection string with its password gives whoever has the file the way into a database or server.',
    remediation: 'Change the password and keep it out of the address.',
    tags: ['CWE-522', 'CWE-798', 'AML.T0055'],
  },
  'script-markup': {
    severity: 'medium',
    title: 'A script stands where a page may show it',
    explanation:
      'Metadata is shown in model catalogues and dashboards. A script element, an event handler or a `javascript:` address runs there with the rights of whoever looks.',
    remediation: 'Do not show the metadata unescaped; get the model from a source that does not write scripts into it.',
    tags: ['CWE-79', 'CWE-80', 'AML.T0011'],
  },
  'program-code': {
    severity: 'medium',
    title: 'Program code stands where only a description belongs',
    explanation:
      'The text holds calls that run programs, evaluate code or reach into the interpreter. Configuration and metadata have no use for them; a loader that evaluates the field runs them.',
    remediation: 'Do not load the model with code that evaluates its metadata. Get the model from another source.',
    tags: ['CWE-94', 'CWE-95', 'AML.T0011.000'],
  },
  'encoded-program': {
    severity: 'high',
    title: 'An encoded text turns out to be a program',
    explanation:
      'Text in base64 or hexadecimal decodes to code, a pickle or an executable. It was encoded so that whoever reads or scans the file does not see it.',
    remediation: 'Do not load the model, and treat its source as hostile.',
    tags: ['CWE-506', 'CWE-94', 'AML.T0011.000'],
  },
  'destructive-command': {
    severity: 'high',
    title: 'A command that destroys data',
    explanation: 'The text holds a shell command that deletes files, overwrites a disk or exhausts the machine.',
    remediation: 'Do not use the file with anything that runs commands from it.',
    tags: ['CWE-78', 'AML.T0011'],
  },
  'download-and-run': {
    severity: 'high',
    title: 'A command that fetches a program and runs it',
    explanation:
      'The text holds a command that downloads something and hands it to an interpreter: what runs is decided by whoever holds the address, at that time.',
    remediation: 'Do not use the file with anything that runs commands from it.',
    tags: ['CWE-78', 'CWE-494', 'AML.T0011'],
  },
  'reverse-shell': {
    severity: 'critical',
    title: 'A command that hands a shell to another machine',
    explanation:
      'The text holds one of the known ways to connect a shell to a remote listener. There is no harmless use of it beside a model.',
    remediation: 'Do not load the model, and treat its source as hostile.',
    tags: ['CWE-78', 'CWE-506', 'AML.T0011'],
  },
  'collection-endpoint': {
    severity: 'medium',
    title: 'An address where stolen data is collected',
    explanation:
      'The text names a service that takes whatever is sent to it without an account of its own: request bins, chat webhooks, tunnels, onion services. They are what exfiltration is sent to.',
    remediation: 'Find out what uses the address before the model is used.',
    tags: ['CWE-200', 'CWE-506', 'AML.T0025'],
  },
  'unknown-address': {
    severity: 'low',
    title: 'An address outside the hosts that models usually name',
    explanation:
      'Software that follows the address tells its owner who uses the model, and takes what the owner answers.',
    remediation: 'Look whether the address belongs to whoever made the model.',
    tags: ['CWE-829', 'AML.T0010'],
  },
  'bidirectional-control': {
    severity: 'medium',
    title: 'Hidden characters turn the order of the text around',
    explanation:
      'Bidirectional control characters make a line read differently from what it says ("Trojan Source"): a reviewer sees one thing and the machine another.',
    remediation: 'Remove the characters and read the text again.',
    tags: ['CVE-2021-42574', 'CWE-1007', 'CWE-451'],
    references: ['https://trojansource.codes/trojan-source.pdf'],
  },
  'tag-characters': {
    severity: 'medium',
    title: 'A sentence is written in characters that nobody sees',
    explanation:
      'Unicode tag characters are a copy of ASCII that no font shows. A language model reads them, a person does not: they carry hidden instructions.',
    remediation: 'Remove the characters and find out how they came into the text.',
    tags: ['CWE-1007', 'CWE-451', 'AML.T0051.001', 'AML.T0068'],
  },
  'invisible-payload': {
    severity: 'medium',
    title: 'A run of invisible characters carries data',
    explanation:
      'Zero-width characters or variation selectors in a long run have no typographic use; they encode a payload that survives copying and review.',
    remediation: 'Remove the characters and find out how they came into the text.',
    tags: ['CWE-506', 'CWE-1007', 'AML.T0068'],
  },
  'terminal-escape': {
    severity: 'medium',
    title: 'An escape sequence that commands a terminal',
    explanation:
      'Shown in a terminal, the sequence moves the cursor, sets titles or clipboards, or hides lines: what an operator sees is not what the file says. Colours are not reported.',
    remediation: 'Do not print the text to a terminal unescaped.',
    tags: ['CWE-150', 'CWE-117'],
  },
  'spreadsheet-formula': {
    severity: 'medium',
    title: 'A cell is a formula that reaches out of its sheet',
    explanation:
      'Opened in a spreadsheet, the cell starts a program by dynamic data exchange or sends cells to an address. Label files and metrics of models are opened that way.',
    remediation: 'Do not open the file in a spreadsheet; get it again from its source.',
    tags: ['CWE-1236', 'AML.T0011'],
  },
  'prompt-injection': {
    severity: 'low',
    title: 'A sentence that gives orders to a language model',
    explanation:
      'Text of the model’s own files that tells an assistant to drop its instructions is meant for the tools that read it.',
    remediation: 'Do not hand the text to an assistant that can act.',
    tags: ['CWE-1427', 'AML.T0051.001'],
  },
})
