import type { Inspection } from '../inspection.ts'
import { dangerousGlobals } from '../pickle/dangerous-globals.ts'
import { printable, type Rule } from '../rule.ts'
import { configurationRules } from './rules.ts'

/** Modules of which nothing is a layer: whatever a configuration calls of them acts on the host. */
const systemModules: ReadonlySet<string> = new Set(
  `builtins __builtin__ os posix nt ntpath posixpath subprocess _posixsubprocess sys shutil pty socket ssl importlib imp
  runpy ctypes _ctypes code codeop pickle _pickle marshal shelve dill cloudpickle joblib webbrowser platform commands asyncio
  multiprocessing threading signal http urllib urllib2 requests httpx ftplib smtplib telnetlib tempfile pathlib io pip
  setuptools distutils timeit pdb bdb trace cProfile profile types operator functools inspect gc pkgutil zipimport site pydoc
  doctest unittest ensurepip venv antigravity nose fabric paramiko pexpect sh plumbum yaml jsonpickle`.split(/\s+/),
)

/** Callables of model libraries that load pickles, fetch code or load native libraries. */
const loaders: ReadonlySet<string> = new Set(
  `torch.load torch.hub.load torch.hub.load_state_dict_from_url torch.hub.download_url_to_file torch.jit.load torch.package
  torch.serialization.load torch.ops.load_library torch.classes.load_library torch.utils.cpp_extension.load
  torch.utils.cpp_extension.load_inline torch.utils.collect_env.run torch.utils.model_zoo.load_url numpy.load numpy.loadtxt
  numpy.fromfile numpy.save numpy.memmap pandas.read_pickle pandas.eval pandas.io.pickle.read_pickle sklearn.externals.joblib.load
  hydra.utils.call hydra.utils.instantiate hydra._internal.instantiate._instantiate2.instantiate hydra.utils.get_method
  hydra.utils.get_object hydra.utils.get_class hydra.main tensorflow.load_op_library tensorflow.load_library
  tensorflow.py_function tensorflow.numpy_function tensorflow.io.write_file tensorflow.io.read_file keras.models.load_model
  keras.layers.Lambda tensorflow.keras.layers.Lambda omegaconf.OmegaConf.register_new_resolver numexpr.evaluate
  nemo.core.classes.common.import_class_by_path`.split(/\s+/),
)

/** Libraries whose classes are layers, optimizers, data sets and the like. */
const modelLibraries: ReadonlySet<string> = new Set(
  `torch torchvision torchaudio torchmetrics torch_geometric torchdata pytorch_lightning lightning lightning_fabric nemo
  nemo_text_processing megatron apex omegaconf hydra transformers diffusers accelerate peft timm kornia monai sklearn numpy
  scipy pandas keras tensorflow tf_keras keras_cv keras_nlp keras_hub jax flax optax speechbrain hyperpyyaml k_diffusion
  optimum datasets tokenizers sentence_transformers xgboost lightgbm catboost onnxruntime fairseq fairseq2 espnet espnet2
  mmcv mmengine mmdet detectron2 ultralytics segment_anything open_clip clip audiocraft anemoi physicsnemo modulus
  mlflow statsmodels prophet spacy fastai h2o pmdarima paddle gluonts pylate collections datetime`.split(/\s+/),
)

/** What each dangerous name does, and each module of which every name does. */
const dangerousNames = new Map<string, string>()
const dangerousModules = new Map<string, string>()
for (const { module, names, does } of dangerousGlobals) {
  if (names === undefined) dangerousModules.set(module, dangerousModules.get(module) ?? does)
  for (const name of names ?? [])
    dangerousNames.set(`${module}.${name}`, dangerousNames.get(`${module}.${name}`) ?? does)
}

/** Parts of a dotted name that are looked at: no module that is listed has half as many (CWE-407). */
const maximumParts = 16

/** The modules that a dotted name is in, itself the last. */
const modulesOf = (name: string): readonly string[] => {
  const parts = name.split('.', maximumParts)
  return parts.map((_, index) => parts.slice(0, index + 1).join('.'))
}

const dangerOf = (name: string): string | undefined => {
  const modules = modulesOf(name)
  if (systemModules.has(modules[0] ?? '')) return 'acts on the host'
  if (modules.some((module) => loaders.has(module))) return 'loads code or pickles'
  const found = modules.find((module) => module !== name && dangerousModules.has(module))
  return dangerousNames.get(name) ?? dangerousModules.get(found ?? '')
}

/** What a name that a configuration has imported is. */
export type TargetKind = { readonly kind: 'dangerous'; readonly does: string } | { readonly kind: 'known' | 'unknown' }

/** Judges a dotted name: default-deny, with the libraries whose classes are known to be made for it. */
export const judgeTarget = (name: string): TargetKind => {
  const does = dangerOf(name)
  if (does !== undefined) return { kind: 'dangerous', does }
  if (/(?:^|\.)_{1,2}\w/.test(name)) return { kind: 'unknown' }
  return { kind: modelLibraries.has(name.split('.')[0] ?? '') ? 'known' : 'unknown' }
}

/** Reports a name that a loader would import and call, unless it is of a model library. */
export const checkTarget = (
  value: unknown,
  inside: string,
  inspection: Inspection,
  unknownRule: Rule = configurationRules['unknown-target'],
): void => {
  if (typeof value !== 'string') return
  const name = value.trim()
  const judged = judgeTarget(name)
  // Without a dot it is a name of the loader's own registry, and with an interpolation what it names is known only there.
  const isBare = !name.includes('.') && !/^(?:eval|exec|open|compile|__import__)$/.test(name)
  if (judged.kind === 'known' || isBare) return
  const rule = judged.kind === 'dangerous' ? configurationRules['dangerous-target'] : unknownRule
  inspection.report({
    rule,
    message: `expected a class of a model library, found ${printable(name)}${judged.kind === 'dangerous' ? `, which ${judged.does}` : ''}`,
    inside,
    evidence: { target: printable(name) },
  })
}
