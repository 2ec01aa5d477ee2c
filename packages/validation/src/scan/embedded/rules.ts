import { ruleTable } from '../rule.ts'

/** What stands inside bytes that say they are something else. */
export const embeddedRules = ruleTable('embedded', {
  program: {
    severity: 'high',
    title: 'The bytes hold a program',
    explanation:
      'A model is numbers and a description of what to do with them. The header of an executable, a library or a class inside it is checked here beyond its magic, so that it does not stand there by chance. It is how a payload travels past those who look at models only; something else then takes it out and runs it.',
    remediation: 'Do not load the file, and ask the author what the program is for.',
    tags: ['CWE-506', 'AML.T0011.000', 'AML.T0018'],
    references: ['https://attack.mitre.org/techniques/T1027/009/'],
  },
  script: {
    severity: 'low',
    title: 'The file is a script',
    explanation:
      'The first line names an interpreter. A script does nothing until somebody runs it, and many models come with one; it is told so that nobody runs it unread.',
    remediation: 'Read the script before you run it.',
    tags: ['CWE-829'],
  },
  archive: {
    severity: 'low',
    title: 'An archive stands inside other bytes',
    explanation:
      'Readers of zip look for the directory from the end of a file, and carvers at any place. What is in the archive is looked at like everything else.',
    remediation: 'Look at what the archive holds: the other findings of this file say it.',
    tags: ['CWE-506'],
  },
  'hidden-in-weights': {
    severity: 'high',
    title: 'The lowest bits of weights spell a payload',
    explanation:
      'A model works as well when the lowest bits of its weights change, so a payload can be spread over them (StegoNet, EvilModel). Bits of trained weights look like noise; these spell the header of a program, an archive or a pickle, or code.',
    remediation: 'Do not use the weights, and ask the author. Rounding the weights destroys the payload.',
    tags: ['CWE-506', 'CWE-515', 'AML.T0018'],
    references: ['https://doi.org/10.1145/3427228.3427268', 'https://arxiv.org/abs/2107.08590'],
  },
})
