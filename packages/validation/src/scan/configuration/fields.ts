import type { Inspection } from '../inspection.ts'
import { printable } from '../rule.ts'
import { checkCodeMap, checkHubKernel, checkTrust } from './code-references.ts'
import { checkImportedModule } from './modules.ts'
import { checkModelFile, checkTokenizerFile } from './paths.ts'
import { checkPattern } from './patterns.ts'
import { checkTarget } from './targets.ts'
import { checkTokenId } from './vocabulary.ts'
import { type Entry, isRecord, placeOf } from './walk.ts'

type FieldCheck = (entry: Entry, inspection: Inspection) => void

const target: FieldCheck = ({ value, path }, inspection) => checkTarget(value, placeOf(path), inspection)

/** `target` with `params` beside it is how latent diffusion names classes; alone it may mean anything. */
const targetWithParameters: FieldCheck = (entry, inspection) => {
  if (isRecord(entry.parent) && 'params' in entry.parent) checkTarget(entry.value, placeOf(entry.path), inspection)
}

const addedTokens: FieldCheck = ({ value, path }, inspection) => {
  if (!Array.isArray(value)) return
  for (const token of value.filter(isRecord)) {
    if ('id' in token) checkTokenId(token.id, String(token.content), placeOf(path), inspection)
  }
}

const addedTokensDecoder: FieldCheck = ({ value, path }, inspection) => {
  if (!isRecord(value)) return
  for (const id of Object.keys(value)) checkTokenId(Number(id), printable(id), placeOf(path), inspection)
}

/** Fields that make a loader do something, by their names. */
const fields: ReadonlyMap<string, FieldCheck> = new Map<string, FieldCheck>([
  ['auto_map', checkCodeMap],
  ['custom_pipelines', checkCodeMap],
  ['trust_remote_code', checkTrust],
  ['trust-remote-code', checkTrust],
  ['_attn_implementation', checkHubKernel],
  ['attn_implementation', checkHubKernel],
  ['_attn_implementation_internal', checkHubKernel],
  ['_target_', target],
  ['class_path', target],
  ['target', targetWithParameters],
  ['parent_library', checkImportedModule],
  ['loader_module', checkImportedModule],
  ['model_file', checkModelFile],
  ['model_path', checkModelFile],
  ['weights_file', checkModelFile],
  ['sentencepiece_model_file', checkModelFile],
  ['vocab_file', checkTokenizerFile],
  ['merges_file', checkTokenizerFile],
  ['tokenizer_file', checkTokenizerFile],
  ['special_tokens_map_file', checkTokenizerFile],
  ['name_or_path', checkTokenizerFile],
  ['_name_or_path', checkTokenizerFile],
  ['base_model_name_or_path', checkTokenizerFile],
  ['added_tokens', addedTokens],
  ['added_tokens_decoder', addedTokensDecoder],
  ['Regex', checkPattern],
  ['regex', checkPattern],
  ['pat_str', checkPattern],
])

/** Fields whose value decides what is loaded: where one stands twice, somebody is to be deceived. */
export const decisiveKeys: ReadonlySet<string> = new Set([
  ...fields.keys(),
  'chat_template',
  'architectures',
  'model_type',
  'class_name',
  'module',
  'config',
  '_class_name',
])

/** Looks at a field that makes loaders do something. */
export const checkField = (entry: Entry, inspection: Inspection): void => fields.get(entry.key)?.(entry, inspection)
