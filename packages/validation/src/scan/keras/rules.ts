import { ruleTable } from '../rule.ts'

const hdf5Format = 'https://support.hdfgroup.org/documentation/hdf5/latest/_f_m_t3.html'
const advisory = (id: string): string => `https://nvd.nist.gov/vuln/detail/${id}`

/** What a Keras model, or the HDF5 file that holds it, does when it is loaded. */
export const kerasRules = ruleTable('keras', {
  'lambda-code': {
    severity: 'critical',
    title: 'A layer carries Python code',
    explanation:
      'A Lambda layer holds a marshalled Python function. Keras unmarshals it while it loads the model and calls it with the first input: whoever wrote the file runs code on the host. The HDF5 format ignores safe_mode.',
    remediation:
      'Do not load the file. Ask its author for a model whose layers are registered classes instead of Lambda.',
    tags: ['CWE-502', 'CWE-94', 'CVE-2024-3660', 'AML.T0011.000'],
    references: [advisory('CVE-2024-3660'), advisory('CVE-2025-9905')],
  },
  'lambda-layer': {
    severity: 'high',
    title: 'A Lambda layer calls a function by name',
    explanation:
      'The layer calls whatever function the loader finds under a name that the file chose. What it does is not in the file and cannot be looked at.',
    remediation: 'Replace the Lambda layer by a registered class, or review the function that the name leads to.',
    tags: ['CWE-470', 'CVE-2024-3660', 'AML.T0011.000'],
    references: [advisory('CVE-2024-3660')],
  },
  'arbitrary-callable': {
    severity: 'critical',
    title: 'The configuration names a callable outside Keras',
    explanation:
      'Keras before 3.9 imports any module that the configuration names and calls what it finds there, safe_mode or not: os.system with the argument of the file.',
    remediation: 'Do not load the file.',
    tags: ['CWE-94', 'CWE-470', 'CWE-502', 'CVE-2025-1550', 'GHSA-48g7-3x6r-xfhp', 'AML.T0011.000'],
    references: [advisory('CVE-2025-1550')],
  },
  'foreign-function': {
    severity: 'medium',
    title: 'The configuration imports a function of an unknown module',
    explanation:
      'The loader imports a module by a name out of the file and takes a function from it. A sound model names layers, not functions of modules that nobody knows.',
    remediation: 'Find out which package the module belongs to, and register the function as a custom object instead.',
    tags: ['CWE-470', 'CVE-2025-1550', 'AML.T0011.000'],
    references: [advisory('CVE-2025-1550')],
  },
  'keras-gadget': {
    severity: 'critical',
    title: 'A function of Keras that reaches files or the network is reused',
    explanation:
      'The configuration names a function of Keras itself that is no layer: get_file fetches an address to a path, load_model loads another file. The check for foreign modules does not see it.',
    remediation: 'Do not load the file.',
    tags: ['CWE-94', 'CWE-502', 'CVE-2025-8747', 'GHSA-c9rc-mg46-23w3', 'AML.T0011.000'],
    references: [advisory('CVE-2025-8747')],
  },
  'unsafe-switch': {
    severity: 'critical',
    title: 'The configuration switches the safe mode of Keras off',
    explanation:
      'The configuration calls keras.config.enable_unsafe_deserialization while it is loaded; what follows in the same file is then loaded without any check.',
    remediation: 'Do not load the file.',
    tags: ['CWE-693', 'CWE-502', 'CVE-2025-9906', 'AML.T0011.000'],
    references: [advisory('CVE-2025-9906')],
  },
  'disguised-name': {
    severity: 'medium',
    title: 'A class has a name of Keras but comes from elsewhere',
    explanation:
      'A reader takes the layer for one of Keras; the loader imports the class of the same name from another module.',
    remediation: 'Look at the module that the configuration names before you load the file.',
    tags: ['CWE-451', 'CWE-470', 'AML.T0011.000'],
  },
  'custom-object': {
    severity: 'low',
    title: 'The model needs a class that is not part of Keras',
    explanation:
      'The model does not load without code that its author has to provide. That code is not in this file and was not looked at.',
    remediation: 'Review the code of the custom class where you get it.',
    tags: ['CWE-1104', 'AML.T0010'],
  },
  'vocabulary-file': {
    severity: 'high',
    title: 'A lookup layer reads its vocabulary from a path',
    explanation:
      'Keras opens the path or address while it loads the model: a file of the host becomes readable through the model, or a request goes out to a place that the attacker chose.',
    remediation: 'Save the model with the vocabulary inside it.',
    tags: ['CWE-73', 'CWE-918', 'CVE-2025-12058'],
    references: [advisory('CVE-2025-12058')],
  },
  'torch-module': {
    severity: 'critical',
    title: 'A layer holds a pickled PyTorch module',
    explanation:
      'TorchModuleWrapper unpickles its module with torch.load and weights_only=False while the model is loaded, whatever safe_mode says.',
    remediation: 'Do not load the file. Ask for the weights apart, in safetensors.',
    tags: ['CWE-502', 'CVE-2025-49655', 'AML.T0011.000'],
    references: [advisory('CVE-2025-49655')],
  },
  'saved-model-layer': {
    severity: 'high',
    title: 'A layer loads another SavedModel from a path',
    explanation:
      'TFSMLayer loads the SavedModel at a path or address that the configuration names. Its graph runs with the model and was not looked at; safe_mode does not stop it.',
    remediation: 'Scan the SavedModel that the layer names, and place it where only you can write.',
    tags: ['CWE-502', 'CWE-73', 'CVE-2026-1462', 'GHSA-4f3f-g24h-fr8m', 'AML.T0011.000'],
    references: [advisory('CVE-2026-1462')],
  },
  'tensorflow-function': {
    severity: 'high',
    title: 'A layer calls a TensorFlow function beyond tensors',
    explanation:
      'A TFOpLambda layer calls any function of TensorFlow by its name. This one reads or writes files, loads a library, or calls back into Python.',
    remediation: 'Do not load the file.',
    tags: ['CWE-470', 'CWE-73', 'AML.T0011.000'],
  },
  'weights-path': {
    severity: 'high',
    title: 'Weights are fetched from outside the model',
    explanation:
      'The manifest of a TensorFlow.js model names shards with a path that leaves its directory or an address of its own: other files are read, or a request goes out.',
    remediation: 'Keep the shards beside model.json and name them by their file names.',
    tags: ['CWE-22', 'CWE-918'],
  },
  'hdf5-external-storage': {
    severity: 'high',
    title: 'A dataset reads its values from another file',
    explanation:
      'HDF5 opens any path that the External Data Files message names and returns its bytes as weights: /etc/passwd becomes a bias, which the model gives away in its outputs.',
    remediation: 'Do not load the file. Keep all weights in the file itself.',
    tags: ['CWE-73', 'CWE-200', 'CVE-2026-1669', 'GHSA-3m4q-jmj6-r34q'],
    references: [advisory('CVE-2026-1669'), hdf5Format],
  },
  'hdf5-external-link': {
    severity: 'high',
    title: 'A link leads into another HDF5 file',
    explanation: 'HDF5 follows the link when the member is read, and opens the file that it names on the host.',
    remediation: 'Do not load the file. Copy what the link leads to into the file.',
    tags: ['CWE-73', 'CWE-59', 'CVE-2026-1669', 'GHSA-3m4q-jmj6-r34q'],
    references: [advisory('CVE-2026-1669'), hdf5Format],
  },
  'hdf5-virtual-source': {
    severity: 'high',
    title: 'A virtual dataset maps values of another file',
    explanation: 'HDF5 opens each source file of a virtual dataset by a path out of the file when the values are read.',
    remediation: 'Do not load the file. Copy the values into the file.',
    tags: ['CWE-73', 'CVE-2026-1669'],
    references: [hdf5Format],
  },
  'hdf5-user-defined-link': {
    severity: 'medium',
    title: 'A link is of a class that an application defines',
    explanation:
      'Only an application that registered the class can follow the link, with code of its own. Writers of models make no such links.',
    remediation: 'Get the file again from its source and compare its digest.',
    tags: ['CWE-470'],
    references: [hdf5Format],
  },
  'hdf5-plugin-filter': {
    severity: 'medium',
    title: 'Values go through a filter that a plugin provides',
    explanation:
      'To read the values HDF5 looks for a shared library in its plugin path and loads it. A file can so decide which library is loaded.',
    remediation: 'Read such a file only where the plugin path is not writable by others, or store it with gzip.',
    tags: ['CWE-427', 'CWE-829'],
    references: ['https://github.com/HDFGroup/hdf5_plugins/blob/master/docs/RegisteredFilterPlugins.md'],
  },
  'hdf5-declared-size': {
    severity: 'high',
    title: 'A dataset declares far more values than the file has',
    explanation:
      'A loader allocates what the shape says before it reads. A small file so takes all memory of the host.',
    remediation: 'Do not load the file.',
    tags: ['CWE-770', 'CWE-789', 'CVE-2026-0897'],
    references: [advisory('CVE-2026-0897')],
  },
  'hdf5-pickled-attribute': {
    severity: 'low',
    title: 'An attribute holds a pickle',
    explanation: 'PyTables, and pandas with it, unpickles such attributes when the file is opened.',
    remediation: 'Open the file with h5py, which does not unpickle.',
    tags: ['CWE-502', 'AML.T0011.000'],
  },
  'hdf5-user-block': {
    severity: 'low',
    title: 'Bytes before the HDF5 file are something else',
    explanation:
      'HDF5 skips a user block. A scanner that reads the first bytes sees another file than Keras loads, and an operating system may run it.',
    remediation: 'Get the file again from its source and compare its digest.',
    tags: ['CWE-434', 'CWE-436'],
    references: [hdf5Format],
  },
  'hdf5-truncated': {
    severity: 'medium',
    title: 'The HDF5 file is shorter than it says',
    explanation: 'The library refuses the file. It is what a broken download or a swapped file leaves.',
    remediation: 'Get the file again from its source and compare its digest.',
    tags: ['CWE-20', 'CWE-130'],
    references: [hdf5Format],
  },
  'hdf5-malformed': {
    severity: 'medium',
    title: 'The HDF5 file contradicts its own structure',
    explanation:
      'Addresses outside the file, wrong signatures and trees that contain themselves are what faults of the HDF5 library are exploited with, and what hides content from a scanner.',
    remediation: 'Get the file again from its source and compare its digest.',
    tags: ['CWE-20', 'CWE-125', 'CWE-787'],
    references: [hdf5Format],
  },
})
