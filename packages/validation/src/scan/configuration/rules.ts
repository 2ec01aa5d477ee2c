import { ruleTable } from '../rule.ts'

/** What a configuration makes a loader do. */
export const configurationRules = ruleTable('configuration', {
  'repository-code': {
    severity: 'medium',
    title: 'The configuration points to Python code beside the model',
    explanation:
      '`auto_map` and `custom_pipelines` name modules of the model’s own repository. A loader that trusts remote code imports them, and with that runs whatever they hold.',
    remediation: 'Read the named modules, or load the model with an architecture that the library itself has.',
    tags: ['CWE-829', 'CWE-94', 'AML.T0011.000'],
    references: ['https://huggingface.co/docs/transformers/custom_models'],
  },
  'foreign-repository-code': {
    severity: 'high',
    title: 'The configuration points to Python code in another repository',
    explanation:
      'A name of the form `owner/repository--module.Class` makes the loader fetch code from a repository that is not the model’s. Its owner decides, at any later time, what runs.',
    remediation: 'Do not load it with trust in remote code. Pin and read the other repository first.',
    tags: ['CWE-829', 'CWE-494', 'AML.T0010.001', 'AML.T0011.000'],
  },
  'trusted-remote-code': {
    severity: 'medium',
    title: 'The configuration gives its own code the trust of its user',
    explanation:
      '`trust_remote_code: true` inside a file is the consent that only the user may give. Tools that pass the configuration on as arguments run the repository’s code without asking.',
    remediation: 'Remove the field; decide about remote code where the model is loaded.',
    tags: ['CWE-829', 'CWE-1188', 'AML.T0011.000'],
  },
  'custom-component': {
    severity: 'medium',
    title: 'A pipeline loads a component from a Python file of its own',
    explanation:
      'A component or pipeline class of diffusers that belongs to none of its libraries is imported from a file in the repository, and runs when the pipeline is loaded.',
    remediation: 'Read the file that the component names, or build the pipeline from library classes.',
    tags: ['CWE-829', 'CWE-94', 'AML.T0011.000'],
    references: ['https://huggingface.co/docs/diffusers/using-diffusers/custom_pipeline_overview'],
  },
  'hub-kernel': {
    severity: 'medium',
    title: 'The model asks for native code from a hub repository',
    explanation:
      'An attention implementation that is named like a repository is downloaded as compiled code and loaded into the process.',
    remediation: 'Choose one of the implementations that the library has: eager, sdpa, flash_attention_2.',
    tags: ['CWE-829', 'CWE-494', 'AML.T0010.001'],
  },
  'dangerous-target': {
    severity: 'critical',
    title: 'The configuration calls a function that runs code',
    explanation:
      'Hydra, Lightning and similar loaders import what `_target_`, `class_path` or a constructor tag names and call it with the arguments beside it. This one runs programs, evaluates code or loads pickles.',
    remediation: 'Do not load the model, and treat its source as hostile.',
    tags: ['CVE-2025-23304', 'CWE-94', 'CWE-470', 'AML.T0011.000'],
    references: ['https://nvd.nist.gov/vuln/detail/CVE-2025-23304'],
  },
  'unknown-target': {
    severity: 'medium',
    title: 'The configuration instantiates something that no known library has',
    explanation:
      'Whatever `_target_` or a like field names is imported and called. Outside the model libraries it is code of the repository, or a callable nobody has reviewed.',
    remediation: 'Look at what is named; load the model with a list of allowed targets.',
    tags: ['CVE-2025-23304', 'CWE-470', 'CWE-829', 'AML.T0011.000'],
  },
  'imported-module': {
    severity: 'medium',
    title: 'The configuration names a module for its loader to import',
    explanation:
      'MLflow flavours, PEFT adapters and sentence-transformers import a module by the name in the file. A module outside their own libraries comes from beside the model and runs when it is imported.',
    remediation: 'Read the module that is named, or save the model in a flavour of the library.',
    tags: ['CWE-470', 'CWE-829', 'AML.T0011.000'],
    references: ['https://mlflow.org/docs/latest/ml/model/'],
  },
  'python-tag': {
    severity: 'critical',
    title: 'A YAML tag builds a Python object',
    explanation:
      'Tags below `tag:yaml.org,2002:python/` make an unsafe YAML loader import a name and call it. Loading the document runs the call.',
    remediation: 'Do not load the document except with a safe loader.',
    tags: ['CVE-2017-18342', 'CVE-2020-1747', 'CVE-2020-14343', 'CWE-502', 'CWE-20', 'AML.T0011.000'],
    references: ['https://nvd.nist.gov/vuln/detail/CVE-2020-14343'],
  },
  'constructor-tag': {
    severity: 'medium',
    title: 'A YAML tag calls a function by its name',
    explanation:
      'HyperPyYAML’s `!new:`, `!name:`, `!apply:` and `!module:` import what they name. SpeechBrain models are loaded that way: the document is a program.',
    remediation: 'Read what the tags name; only classes of the library itself belong there.',
    tags: ['CWE-470', 'CWE-94', 'AML.T0011.000'],
  },
  'resolver-code': {
    severity: 'medium',
    title: 'An interpolation evaluates code or reads secrets of the host',
    explanation:
      'OmegaConf interpolations call resolvers when a value is read: `eval`-like ones run an expression, `oc.env` copies variables of the environment into the model’s configuration, from where they are logged and saved.',
    remediation: 'Write the value out; register no resolver that evaluates.',
    tags: ['CWE-95', 'CWE-526', 'AML.T0011.000'],
    references: ['https://omegaconf.readthedocs.io/en/latest/custom_resolvers.html'],
  },
  'path-escape': {
    severity: 'medium',
    title: 'The configuration names a file outside the model',
    explanation:
      'A field that names a file of the model holds an absolute path, a parent directory or an address. The loader reads, or when it saves overwrites, a file of the host.',
    remediation: 'Do not load the model; names of files belong inside its directory.',
    tags: ['CWE-22', 'CWE-73', 'AML.T0011'],
  },
  'oversized-dimension': {
    severity: 'medium',
    title: 'A dimension that no machine can hold',
    explanation:
      'The loader allocates by the sizes in the configuration before it looks at the weights. An impossible or negative one exhausts the memory or overflows the arithmetic of native code.',
    remediation: 'Do not load the model; compare the sizes with the published configuration.',
    tags: ['CWE-789', 'CWE-190', 'CWE-400', 'AML.T0029'],
  },
  'token-id-out-of-range': {
    severity: 'medium',
    title: 'A token has a number that no embedding has',
    explanation:
      'Token numbers index the embedding table. A negative or huge one reads outside it, or makes the tokenizer allocate a table of that length.',
    remediation: 'Get the tokenizer again from its source.',
    tags: ['CWE-129', 'CWE-190', 'CWE-789'],
  },
  'backtracking-pattern': {
    severity: 'medium',
    title: 'A tokenizer’s expression takes exponential time',
    explanation:
      'The expression repeats a group that repeats inside. A short input makes the backtracking engine of the tokenizer run for hours: whoever can send a prompt can stop the service.',
    remediation: 'Replace the expression; tokenizers need no nested repetition.',
    tags: ['CWE-1333', 'CWE-400', 'AML.T0029'],
  },
  'deep-nesting': {
    severity: 'medium',
    title: 'The document is nested deeper than any parser expects',
    explanation: 'Recursive parsers run out of stack on it: the process that reads the file ends.',
    remediation: 'Do not parse the file; no exporter writes such a document.',
    tags: ['CWE-674', 'CWE-400'],
  },
  'alias-bomb': {
    severity: 'medium',
    title: 'Aliases of a YAML document multiply',
    explanation:
      'References to references make a short document stand for billions of values ("billion laughs"). A loader that follows them exhausts the memory.',
    remediation: 'Do not parse the file.',
    tags: ['CWE-776', 'CWE-409'],
  },
  'duplicate-key': {
    severity: 'low',
    title: 'A key stands twice in one object',
    explanation:
      'Parsers differ in which of the two counts. A reviewer or scanner may see one value and the loader take the other.',
    remediation: 'Compare with the published file and keep one of them.',
    tags: ['CWE-436', 'CWE-694'],
    references: ['https://www.rfc-editor.org/rfc/rfc8259#section-4'],
  },
  'prototype-key': {
    severity: 'low',
    title: 'A key that changes the prototype of JavaScript objects',
    explanation:
      'Merged into an object by code that does not look, `__proto__` gives every object of the process the attacker’s fields.',
    remediation: 'Drop the key before the document is merged.',
    tags: ['CWE-1321'],
  },
  'deceptive-key': {
    severity: 'medium',
    title: 'A key holds characters that hide what it is',
    explanation:
      'Control, bidirectional or zero-width characters in a key make it look like another one: a reviewer reads a harmless field and the loader finds a different one, or none.',
    remediation: 'Compare the file with the published one.',
    tags: ['CVE-2021-42574', 'CWE-1007', 'CWE-451'],
  },
  'untrusted-package-source': {
    severity: 'medium',
    title: 'Packages are taken from a source that nobody vouches for',
    explanation:
      'An index without encryption or with its certificate ignored, or a package from an address outside the known hosts, lets whoever sits in between decide what is installed.',
    remediation: 'Install from the package index over https, with hashes.',
    tags: ['CWE-494', 'CWE-295', 'CWE-319', 'AML.T0010.001'],
  },
})
