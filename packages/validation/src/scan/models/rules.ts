import { ruleTable } from '../rule.ts'

const getAgain = 'Get the file again from its source and compare its digest.'
const removeCode =
  'Do not load the model. Ask its publisher for one of built-in layers only, or review the code that it needs.'

/** What other model formats hold. */
export const modelsRules = ruleTable('models', {
  malformed: {
    severity: 'medium',
    title: 'The file is not well-formed',
    explanation:
      'The bytes open like a format and do not go on like it: a length leads out of the file, or a value that no writer writes stands there. Native readers of such formats have read and written past their buffers on less.',
    remediation: getAgain,
    tags: ['CWE-20', 'CWE-125'],
  },
  'path-escape': {
    severity: 'high',
    title: 'A model refers to a file outside its own directory',
    explanation:
      'The path leads upwards, to the root or to another host. Loading reads that file as if it were part of the model.',
    remediation: 'Do not load the model. Ask its publisher for one whose files stand beside it.',
    tags: ['CWE-22', 'AML.T0010'],
  },
  'torch7-function': {
    severity: 'high',
    title: 'A Torch7 file holds compiled Lua functions',
    explanation:
      'torch.load makes functions of byte code that the file brings, and Lua does not verify byte code: loading or calling it can run anything and break out of the interpreter.',
    remediation: 'Do not load the file. Convert the weights with a reader that refuses functions.',
    tags: ['CWE-502', 'CWE-94', 'AML.T0011.000'],
    references: ['https://github.com/torch/torch7/blob/master/doc/serialization.md'],
  },
  'matlab-code': {
    severity: 'low',
    title: 'A MATLAB file holds objects or functions',
    explanation:
      'Function handles and objects stand beside the numbers. MATLAB makes objects by the classes of its own path when the file is loaded, and calls their loadobj; a handle runs when a program calls it. What they do is not in the file.',
    remediation: 'Load only the variables that you need, by their names, or with a reader that leaves objects out.',
    tags: ['CWE-502', 'CWE-470', 'AML.T0011.000'],
    references: ['https://www.mathworks.com/help/pdf_doc/matlab/matfile_format.pdf'],
  },
  'coreml-custom-code': {
    severity: 'medium',
    title: 'A Core ML model needs a class of the app',
    explanation:
      'A custom layer or model names a class that Core ML makes by its name and hands the parameters of the file. The file decides which code runs.',
    remediation: removeCode,
    tags: ['CWE-470', 'AML.T0011.000'],
    references: ['https://apple.github.io/coremltools/mlmodel/Format/NeuralNetwork.html'],
  },
  'tensorrt-engine': {
    severity: 'low',
    title: 'The file is an engine of TensorRT',
    explanation:
      'An engine holds code for one kind of device and perhaps libraries of plug-ins, which deserialising loads. It cannot be reviewed; it has to be built from a model that can.',
    remediation: 'Build the engine on your own machine from the ONNX model.',
    tags: ['CWE-829', 'AML.T0011.000'],
    references: ['https://docs.nvidia.com/deeplearning/tensorrt/latest/'],
  },
  'portable-program': {
    severity: 'high',
    title: 'The file is a program',
    explanation:
      'A llamafile is an executable with a model inside: opening it runs code with the rights of the user. Nothing of that is needed to use the model.',
    remediation: 'Take the GGUF model out of the file, or get it from its publisher, and run it with your own runtime.',
    tags: ['CWE-829', 'AML.T0010', 'AML.T0011.000'],
    references: ['https://github.com/Mozilla-Ocho/llamafile'],
  },
  'msgpack-extension': {
    severity: 'medium',
    title: 'A MessagePack file has values of an unknown extension type',
    explanation:
      'Extensions are decoded by code that the reader registers; with some libraries that code is pickle. Flax writes three types, for arrays and numbers.',
    remediation: 'Load the file only with a reader that refuses unknown extension types.',
    tags: ['CWE-502', 'AML.T0011.000'],
    references: ['https://flax.readthedocs.io/en/latest/api_reference/flax.serialization.html'],
  },
  'msgpack-pickled-array': {
    severity: 'high',
    title: 'A MessagePack file holds an array of pickled objects',
    explanation:
      'msgpack-numpy unpickles the data of an array whose kind is O. What looks like a file of plain data runs a pickle as soon as it is decoded.',
    remediation: 'Do not load the file with msgpack-numpy. Ask for arrays of numbers.',
    tags: ['CWE-502', 'AML.T0011.000'],
    references: ['https://pypi.org/project/msgpack-numpy/'],
  },
  'paddle-python-operator': {
    severity: 'high',
    title: 'A PaddlePaddle program calls a function of Python',
    explanation:
      'Operators such as py_func call what the process has registered under a number that the file chooses; others load what was built at run time. No exported model needs them.',
    remediation: removeCode,
    tags: ['CWE-470', 'CWE-94', 'AML.T0011.000'],
    references: ['https://www.paddlepaddle.org.cn/documentation/docs/en/api/paddle/static/py_func_en.html'],
  },
  'mxnet-custom-operator': {
    severity: 'medium',
    title: 'An MXNet network has a custom operator',
    explanation:
      'The operator Custom calls a class of Python that the program has registered under the name that the file gives, with parameters that the file gives.',
    remediation: removeCode,
    tags: ['CWE-470', 'AML.T0011.000'],
    references: ['https://mxnet.apache.org/versions/1.9.1/api/python/docs/tutorials/extend/customop.html'],
  },
  'mxnet-address-operator': {
    severity: 'critical',
    title: 'An MXNet network calls a function by its address in memory',
    explanation:
      'The operators _Native and _NDArray take a number from the file and call it as a pointer. No saved network can hold a valid one: the file aims at memory of the process.',
    remediation: 'Do not load the model.',
    tags: ['CWE-822', 'CWE-94', 'AML.T0011.000'],
  },
  'caffe-python-layer': {
    severity: 'high',
    title: 'A Caffe network has a Python layer',
    explanation:
      'The layer names a module and a class, and Caffe imports them when it builds the network: code beside the model, or anywhere on the path, runs.',
    remediation: removeCode,
    tags: ['CWE-829', 'CWE-94', 'AML.T0011.000'],
    references: ['https://caffe.berkeleyvision.org/tutorial/layers/python.html'],
  },
  'cntk-user-function': {
    severity: 'high',
    title: 'A CNTK model has a user-defined function',
    explanation:
      'The file names a module and a method that makes the function. Loading imports or loads what it names, native libraries included.',
    remediation: removeCode,
    tags: ['CWE-829', 'CWE-470', 'AML.T0011.000'],
    references: ['https://learn.microsoft.com/en-us/cognitive-toolkit/'],
  },
  'r-promise': {
    severity: 'critical',
    title: 'Data of R are a promise that runs code when it is read',
    explanation:
      'A promise holds an expression that R evaluates when the value is looked at, which happens as soon as the loaded object is used. R before 4.4.0 gives it out of readRDS: any expression runs.',
    remediation: 'Do not load the file. Update R to 4.4.0 or later.',
    tags: ['CWE-502', 'CVE-2024-27322', 'AML.T0011.000'],
    references: ['https://nvd.nist.gov/vuln/detail/CVE-2024-27322'],
  },
  'r-code': {
    severity: 'low',
    title: 'Data of R hold code',
    explanation:
      'Models of R often keep functions and environments with them. The code runs when the object is printed, summarised or used for prediction, so that it has to be trusted like a package.',
    remediation: 'Review the functions, or ask for coefficients instead of an object.',
    tags: ['CWE-502', 'AML.T0010'],
  },
  'arrow-pickled-type': {
    severity: 'critical',
    title: 'A table of Arrow has a type that is a pickle',
    explanation:
      'The schema names an extension type of Python, whose description is a pickle. pyarrow before 14.0.1 loads it as soon as the file is opened.',
    remediation: 'Do not read the file. Update pyarrow to 14.0.1 or later.',
    tags: ['CWE-502', 'CVE-2023-47248', 'AML.T0011.000'],
    references: ['https://nvd.nist.gov/vuln/detail/CVE-2023-47248'],
  },
  'sqlite-reaching-definition': {
    severity: 'high',
    title: 'A database has a trigger or view that loads libraries or writes files',
    explanation:
      'The definition runs when somebody reads the view or changes the table, with the rights of the program that opened the file.',
    remediation: 'Open the file with SQLITE_DBCONFIG_DEFENSIVE and without extensions, or not at all.',
    tags: ['CWE-89', 'CWE-829', 'AML.T0010'],
    references: ['https://www.sqlite.org/security.html'],
  },
  'media-trailing-data': {
    severity: 'medium',
    title: 'A file stands behind the end of a picture, recording or font',
    explanation:
      'Viewers stop at the end that the format names. What follows is carried unseen, and another program may open it: archives are read from their end.',
    remediation: 'Save the picture again from a viewer, which writes what it shows.',
    tags: ['CWE-434', 'AML.T0011.000'],
  },
  'media-truncated': {
    severity: 'low',
    title: 'A picture, recording or font breaks off',
    explanation:
      'The file ends, or goes on as something else, before the format says so. It is usually a broken download.',
    remediation: getAgain,
    tags: ['CWE-20'],
  },
  'svg-script': {
    severity: 'medium',
    title: 'A drawing runs a script',
    explanation:
      'A browser that shows the drawing by itself runs its scripts with the rights of the page that it came from.',
    remediation: 'Show a rendered picture instead, or remove the scripts.',
    tags: ['CWE-79'],
    references: ['https://www.w3.org/TR/SVG2/interact.html'],
  },
  'pdf-action': {
    severity: 'medium',
    title: 'A PDF runs a script, starts a program or sends data',
    explanation:
      'The document has an action that its reader carries out, at opening or at a click. A model card needs none.',
    remediation: 'Do not open the document in a reader that runs actions.',
    tags: ['CWE-94', 'CWE-506'],
    references: ['https://www.iso.org/standard/51502.html'],
  },
  'pdf-embedded-file': {
    severity: 'low',
    title: 'A PDF carries another file',
    explanation: 'Attachments of documents are files that no scanner of the outer file has looked at.',
    remediation: 'Take the attachment out and scan it by itself.',
    tags: ['CWE-434'],
  },
})
