import { ruleTable } from '../rule.ts'

/** What an XML model makes its reader do. */
export const markupRules = ruleTable('markup', {
  'external-entity': {
    severity: 'high',
    title: 'An entity is read from a file or an address',
    explanation:
      'The document type declares an entity by a system or public identifier. A parser that resolves it puts files of the host into the document, or sends a request in its name (XXE).',
    remediation: 'Do not parse the file except with external entities turned off.',
    tags: ['CWE-611', 'CWE-918', 'CWE-827', 'AML.T0011'],
    references: ['https://owasp.org/www-community/vulnerabilities/XML_External_Entity_(XXE)_Processing'],
  },
  'external-document-type': {
    severity: 'medium',
    title: 'The document type is read from an address',
    explanation:
      'A document type with a system identifier makes a validating parser fetch it: its owner learns of every load, and may declare entities of his own. Only documents of the web have one by custom.',
    remediation: 'Parse the file without loading document types.',
    tags: ['CWE-827', 'CWE-611'],
  },
  'entity-expansion': {
    severity: 'high',
    title: 'Entities multiply one another',
    explanation:
      'Entities made of entities let a few lines stand for gigabytes ("billion laughs"): a parser that expands them runs out of memory.',
    remediation: 'Do not parse the file.',
    tags: ['CWE-776', 'CWE-409'],
  },
  inclusion: {
    severity: 'high',
    title: 'The document includes another file',
    explanation:
      'XInclude replaces an element by the file or address that it names. A parser that follows it reads files of the host.',
    remediation: 'Do not parse the file with XInclude turned on.',
    tags: ['CWE-611', 'CWE-98', 'CWE-918'],
    references: ['https://www.w3.org/TR/xinclude/'],
  },
  'active-instruction': {
    severity: 'medium',
    title: 'A processing instruction hands the document to a program',
    explanation:
      'A style sheet instruction makes a reader fetch and run a transformation, and `<?php` is run by a server that serves the file. No model has a use for either.',
    remediation: 'Remove the instruction, or get the model from its source.',
    tags: ['CWE-94', 'CWE-829'],
  },
  script: {
    severity: 'medium',
    title: 'A script stands in the markup',
    explanation:
      'A script element, an event handler or a transformation with code in it runs where the document is shown or transformed.',
    remediation: 'Do not open the file in a browser or a transformation that runs code.',
    tags: ['CWE-79', 'CWE-94', 'AML.T0011'],
  },
  'external-schema': {
    severity: 'low',
    title: 'A schema is named by an address of an unusual host',
    explanation:
      'A validating parser fetches the schema that the document names, and tells its owner who loads the model.',
    remediation: 'Validate with a schema of your own.',
    tags: ['CWE-829', 'CWE-918'],
  },
  'deep-nesting': {
    severity: 'medium',
    title: 'Elements are nested deeper than any model needs',
    explanation: 'Readers that recurse run out of stack on it: the process that loads the file ends.',
    remediation: 'Do not parse the file.',
    tags: ['CWE-674', 'CWE-400'],
  },
  'native-library': {
    severity: 'high',
    title: 'The network names a native library or kernel to load',
    explanation:
      'A layer of the network names a shared library, an extension or a kernel source. The runtime loads it into the process when it compiles the model.',
    remediation: 'Do not load the model with the extension; read what is named.',
    tags: ['CWE-114', 'CWE-829', 'AML.T0011.000'],
  },
  'custom-operation': {
    severity: 'low',
    title: 'The network has an operation that OpenVINO does not have',
    explanation:
      'The operation belongs to none of the published sets, so that the model runs only with an extension: native code from somewhere else.',
    remediation: 'Find out which extension the model needs and who made it.',
    tags: ['CWE-829', 'AML.T0010.001'],
    references: ['https://docs.openvino.ai/latest/documentation/openvino-extensibility.html'],
  },
  'weights-out-of-range': {
    severity: 'high',
    title: 'A constant lies outside the weights',
    explanation:
      'A constant says where in the weights file it lies and how long it is. A place outside, or a length that is not that of its shape, makes the runtime read foreign memory.',
    remediation: 'Do not load the model. Convert it again from its source.',
    tags: ['CWE-125', 'CWE-131', 'CWE-190', 'AML.T0011'],
  },
  'class-function': {
    severity: 'medium',
    title: 'The model calls a function by the name of a class',
    explanation:
      'PMML evaluators on Java take the name of a function with dots for a class, load it and call it with values of the record. Functions of PMML itself have no dots.',
    remediation: 'Replace the function by one that the model defines, or forbid user functions.',
    tags: ['CWE-470', 'CWE-829', 'AML.T0011.000'],
  },
})
