import { printable } from '../rule.ts'
import { type Dialect, plainDialect } from './dialect.ts'
import { checkModelPath } from './paths.ts'
import { configurationRules } from './rules.ts'
import { checkTarget } from './targets.ts'
import { isRecord, keysOf, valuesOf } from './walk.ts'

const isNumberMap = (document: Readonly<Record<string, unknown>>): boolean => {
  const numbers = valuesOf(document)
  return numbers.length >= 16 && numbers.every(Number.isInteger)
}

const tokenField = /^(?:bos|eos|unk|pad|cls|sep|mask)_token$|^additional_special_tokens$/

/** Libraries and the modules of diffusers itself that components of pipelines come from. */
const componentLibraries = new Set(
  `diffusers transformers onnxruntime optimum flax peft k_diffusion tokenizers sentence_transformers timm torch torchvision
  stable_diffusion stable_diffusion_xl stable_diffusion_3 stable_diffusion_safe stable_diffusion_inpaint stable_cascade
  stable_audio stable_video_diffusion altdiffusion alt_diffusion latent_diffusion latent_consistency_models paint_by_example
  unidiffuser versatile_diffusion kandinsky kandinsky2_2 kandinsky3 kandinsky5 deepfloyd_if audioldm audioldm2 musicldm
  wuerstchen shap_e blip_diffusion unclip semantic_stable_diffusion spectrogram_diffusion dance_diffusion ddpm ddim dit
  controlnet animatediff text_to_video_synthesis amused pixart_alpha pixart_sigma pia flux sana lumina lumina2 cogvideo
  cogview3 cogview4 hunyuandit hunyuan_video kolors aura_flow auraflow mochi ltx allegro marigold ledits_pp i2vgen_xl gligen
  t2i_adapter wan omnigen visualcloze chroma hidream_image cosmos qwenimage bria ledits latte consistency_models`.split(
    /\s+/,
  ),
)

const isCustomComponent = (component: unknown): component is [string, string] =>
  Array.isArray(component) &&
  component.length === 2 &&
  component.every((part) => typeof part === 'string') &&
  !componentLibraries.has(String(component[0]).split('.')[0] ?? '')

const diffusersIndex: Dialect = {
  name: 'diffusers-model-index',
  title: 'index of a diffusers pipeline',
  matches: (document) =>
    isRecord(document) &&
    '_class_name' in document &&
    (Array.isArray(document._class_name) ||
      Object.values(document).some(
        (part) =>
          Array.isArray(part) && part.length === 2 && part.every((name) => name === null || typeof name === 'string'),
      )),
  check(document, inspection) {
    for (const [name, component] of Object.entries(isRecord(document) ? document : {})) {
      const isPipelineClass = name === '_class_name' && Array.isArray(component)
      const isComponent = !name.startsWith('_') && isCustomComponent(component)
      if (!isPipelineClass && !isComponent) continue
      inspection.report({
        rule: configurationRules['custom-component'],
        message: `expected a class of diffusers or transformers, found ${printable(JSON.stringify(component))}`,
        inside: name,
        evidence: { component: printable(JSON.stringify(component)) },
      })
    }
  },
}

const isModule = (module: unknown): boolean =>
  isRecord(module) && typeof module.type === 'string' && typeof module.path === 'string' && 'idx' in module

const sentenceModules: Dialect = {
  name: 'sentence-transformers-modules',
  title: 'modules of sentence-transformers',
  matches: (document) =>
    Array.isArray(document) && document.length > 0 && document.length < 100 && document.every(isModule),
  check(document, inspection) {
    for (const [index, module] of (Array.isArray(document) ? document : []).entries()) {
      if (!isRecord(module)) continue
      checkTarget(module.type, `${index}.type`, inspection, configurationRules['imported-module'])
      checkModelPath(module.path, `${index}.path`, inspection)
    }
  },
}

/** Documents of Hugging Face libraries. */
export const huggingFaceDialects: readonly Dialect[] = [
  diffusersIndex,
  sentenceModules,
  plainDialect('adapter-config', 'PEFT adapter configuration', (document) => 'peft_type' in document),
  plainDialect(
    'tokenizer',
    'Hugging Face tokenizer',
    ({ model, pre_tokenizer, added_tokens }) =>
      isRecord(model) &&
      ('vocab' in model || 'merges' in model) &&
      (pre_tokenizer !== undefined || added_tokens !== undefined),
  ),
  plainDialect('tokenizer-config', 'tokenizer configuration', (document) =>
    ['tokenizer_class', 'chat_template', 'added_tokens_decoder', 'model_max_length'].some((field) => field in document),
  ),
  plainDialect('preprocessor-config', 'preprocessor configuration', (document) =>
    ['feature_extractor_type', 'image_processor_type', 'processor_class', 'image_mean'].some(
      (field) => field in document,
    ),
  ),
  plainDialect(
    'transformers-config',
    'transformers model configuration',
    (document) =>
      'architectures' in document ||
      ('model_type' in document &&
        ('transformers_version' in document || 'hidden_size' in document || 'auto_map' in document)),
  ),
  plainDialect(
    'generation-config',
    'generation configuration',
    (document) =>
      '_from_model_config' in document ||
      ('eos_token_id' in document && !('hidden_size' in document)) ||
      'max_new_tokens' in document,
  ),
  plainDialect('diffusers-config', 'diffusers component configuration', (document) => '_diffusers_version' in document),
  plainDialect('special-tokens-map', 'map of special tokens', (document) => {
    const names = keysOf(document)
    return names.length > 0 && names.length < 32 && names.every((name) => tokenField.test(name))
  }),
  plainDialect(
    'trainer-state',
    'state of a trainer',
    (document) => Array.isArray(document.log_history) && 'global_step' in document,
  ),
  plainDialect('vocabulary-json', 'vocabulary', isNumberMap),
]
