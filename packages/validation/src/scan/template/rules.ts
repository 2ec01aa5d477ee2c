import { ruleTable } from '../rule.ts'

const injection = 'https://jinja.palletsprojects.com/en/stable/sandbox/'
const poisoned =
  'https://www.pillar.security/blog/llm-backdoors-at-the-inference-level-the-threat-of-poisoned-gguf-templates'
const remediation =
  'Do not load the model with this template. Use the template of the original model, and a runtime that renders in a sandbox.'

/** What a chat template does when it is rendered. */
export const templateRules = ruleTable('template', {
  'private-attribute': {
    severity: 'critical',
    title: 'The template reaches for the internals of Python',
    explanation:
      'From `__class__` and its like a template climbs to every loaded module and calls what it finds. Runtimes that render without a sandbox run it when the model is loaded.',
    remediation,
    tags: ['CWE-1336', 'CWE-94', 'CVE-2024-34359', 'GHSA-56xg-wfcc-g829', 'AML.T0011.000'],
    references: [injection],
  },
  'attribute-filter': {
    severity: 'high',
    title: 'The template looks attributes up by a computed name',
    explanation:
      'The filter `attr`, and `map` or `sort` with a computed attribute, reach attributes without naming them, so that neither a reader nor a pattern finds the name.',
    remediation,
    tags: ['CWE-1336', 'CWE-470', 'CVE-2024-34359'],
    references: [injection],
  },
  'built-name': {
    severity: 'high',
    title: 'The template puts the name of an attribute together',
    explanation:
      'A subscript falls back to an attribute. A text that the template joins, reverses or replaces and then uses as a subscript hides which one. Templates name the fields of messages plainly.',
    remediation,
    tags: ['CWE-1336', 'CWE-470', 'CVE-2024-34359'],
    references: [injection],
  },
  'escaped-name': {
    severity: 'high',
    title: 'The template spells letters as escapes',
    explanation: 'Letters, digits and underscores need no escape. Written as one they are there to get past a filter.',
    remediation,
    tags: ['CWE-1336', 'CWE-116', 'AML.T0015'],
    references: [injection],
  },
  'format-access': {
    severity: 'high',
    title: 'The template formats text with access to attributes',
    explanation:
      '`"{0.attribute}".format(value)` reads any attribute of a value, private ones included, outside the rules for attributes in templates.',
    remediation,
    tags: ['CWE-134', 'CWE-1336'],
    references: [injection],
  },
  'internal-object': {
    severity: 'high',
    title: 'The template touches an object of its host',
    explanation:
      '`self`, `request`, `config`, `cycler`, `lipsum` and the like are objects of the template engine or of a web server. A prompt has no use for them; attacks begin with them.',
    remediation,
    tags: ['CWE-1336', 'CWE-497'],
    references: [injection],
  },
  'dangerous-call': {
    severity: 'critical',
    title: 'The template calls what runs programs, opens files or loads code',
    explanation: 'Rendered outside a sandbox the call happens with the rights of the process that loads the model.',
    remediation,
    tags: ['CWE-94', 'CWE-78', 'CVE-2024-34359', 'AML.T0011.000'],
    references: [injection],
  },
  'unknown-call': {
    severity: 'medium',
    title: 'The template calls what no prompt needs',
    explanation:
      'Prompts are built with a small set of functions and of methods of texts, lists and mappings. Anything else is refused until someone has looked at it.',
    remediation: 'Look at what the call does in the runtime that renders the template.',
    tags: ['CWE-1336', 'CWE-470'],
    references: [injection],
  },
  'unknown-operation': {
    severity: 'medium',
    title: 'The template uses a filter or a test that Jinja does not have',
    explanation:
      'Filters and tests beyond those of Jinja come from the host: in automation tools they read files and run programs.',
    remediation: 'Look at what the filter does in the runtime that renders the template.',
    tags: ['CWE-1336'],
    references: ['https://jinja.palletsprojects.com/en/stable/templates/#list-of-builtin-filters'],
  },
  'loads-file': {
    severity: 'high',
    title: 'The template loads another file',
    explanation:
      '`include`, `import` and `extends` read files by the rules of the host, which may give the template any file. A path that is absolute, climbs or is computed chooses which; a plain name is another template of the same set, and is only told.',
    remediation:
      'Read what it loads, too. A template inside a model has no other files: use that of the original model.',
    tags: ['CWE-98', 'CWE-22'],
    references: [injection],
  },
  statement: {
    severity: 'medium',
    title: 'The template uses a statement of an extension',
    explanation:
      'Prompts need conditions, loops, assignments and macros. Extensions add statements that run code, such as `do`, or show all that the host holds, such as `debug`.',
    remediation: 'Ask the author for a template without the extension.',
    tags: ['CWE-1336', 'CWE-497'],
    references: ['https://jinja.palletsprojects.com/en/stable/extensions/'],
  },
  'unbounded-work': {
    severity: 'medium',
    title: 'The template works without bound',
    explanation:
      'A range, a repetition or a text that doubles in a loop exhausts memory or time of the process with a few characters.',
    remediation,
    tags: ['CWE-400', 'CWE-770', 'CWE-834'],
    references: [injection],
  },
  size: {
    severity: 'medium',
    title: 'The template is larger than any prompt needs',
    explanation:
      'Templates in use have some tens of kilobytes. A far larger one exhausts what parses it, or hides something.',
    remediation,
    tags: ['CWE-770'],
  },
  nesting: {
    severity: 'medium',
    title: 'The template nests without end',
    explanation: 'Parsers of templates recurse: a hundred brackets inside one another crash those without a limit.',
    remediation,
    tags: ['CWE-674'],
  },
  'hidden-text': {
    severity: 'medium',
    title: 'The template holds text that nobody can see',
    explanation:
      'Direction marks, tag characters and runs of characters without width are invisible to a reviewer and read by the model: instructions can stand in them.',
    remediation,
    tags: ['CWE-1007', 'CVE-2021-42574', 'AML.T0051'],
    references: ['https://trojansource.codes/', poisoned],
  },
  'date-condition': {
    severity: 'medium',
    title: 'The template behaves differently from a date on',
    explanation:
      'Templates write the date into the prompt. One that compares it can stay harmless while it is tested and change later.',
    remediation,
    tags: ['CWE-511', 'AML.T0018', 'AML.T0051'],
    references: [poisoned],
  },
  'triggered-text': {
    severity: 'low',
    title: 'The template adds text when a message holds a certain word',
    explanation:
      'This is how a poisoned template slips instructions or links into chosen conversations. Switches such as `/no_think` look the same, so that someone has to read it; with an address in the added text it blocks.',
    remediation: 'Read what the template adds, and when.',
    tags: ['CWE-506', 'AML.T0018', 'AML.T0051'],
    references: [poisoned],
  },
  address: {
    severity: 'low',
    title: 'The template writes a network address into the prompt',
    explanation:
      'The model may pass it on as its own advice. Schemas name addresses too, so that this alone blocks nothing.',
    remediation: 'Check that the address belongs there.',
    tags: ['AML.T0051'],
    references: [poisoned],
  },
  unparsed: {
    severity: 'medium',
    title: 'The template is not one that can be parsed',
    explanation:
      'What cannot be parsed is not known. Runtimes differ in what they accept: one may render what another refuses. Where its words could be checked one by one this alone blocks nothing.',
    remediation: 'Ask the author for a template that Jinja accepts.',
    tags: ['CWE-20', 'CWE-436'],
  },
})
