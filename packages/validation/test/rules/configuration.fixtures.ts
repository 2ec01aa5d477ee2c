import type { Fixture, RoomFixtures } from './fixture.ts'

const text =
  (content: string): Fixture =>
  () =>
    Buffer.from(content)

const json = (document: unknown): Fixture => text(JSON.stringify(document))

const model = (fields: Readonly<Record<string, unknown>>): Fixture =>
  json({ architectures: ['LlamaForCausalLM'], model_type: 'llama', hidden_size: 64, vocab_size: 320, ...fields })

const tokenizer = (fields: Readonly<Record<string, unknown>>): Fixture =>
  json({ version: '1.0', added_tokens: [], model: { type: 'BPE', vocab: { a: 0, b: 1 }, merges: [] }, ...fields })

const splitBy = (expression: string): Fixture =>
  tokenizer({ pre_tokenizer: { type: 'Split', pattern: { Regex: expression }, behavior: 'Isolated' } })

const hidden = (...codePoints: number[]): string => String.fromCodePoint(...codePoints)

/** Ten links, each ten of the one before: 10^10 values. */
const laughs = (name: (index: number) => string): string =>
  Array.from({ length: 10 }, (_, index) =>
    index === 0
      ? `${name(0)}: &x0 [ha, ha]`
      : `${name(index)}: &x${index} [${Array(10)
          .fill(`*x${index - 1}`)
          .join(', ')}]`,
  ).join('\n')

export const fixtures: RoomFixtures = {
  'configuration/repository-code': {
    positive: {
      'auto_map of a model': model({
        auto_map: { AutoConfig: 'configuration_own.OwnConfig', AutoModel: 'modeling_own.OwnModel' },
      }),
      'auto_map of a tokenizer': json({
        tokenizer_class: 'OwnTokenizer',
        auto_map: { AutoTokenizer: ['tokenization_own.OwnTokenizer', null] },
      }),
      'a custom pipeline': model({
        custom_pipelines: { 'pair-classification': { impl: 'pair.PairPipeline', pt: ['AutoModel'] } },
      }),
    },
    negative: {
      'an empty map': model({ auto_map: {} }),
      'a model of the library': model({ auto_factory: 'modeling_own.OwnModel' }),
    },
  },
  'configuration/foreign-repository-code': {
    positive: {
      'a model of another owner': model({ auto_map: { AutoModel: 'someone/else--modeling_own.OwnModel' } }),
      'a slow and a fast tokenizer': json({
        tokenizer_class: 'T',
        auto_map: { AutoTokenizer: ['a/b--tok.Slow', 'a/b--tok.Fast'] },
      }),
    },
    negative: {
      'code beside the model': model({ auto_map: { AutoModel: 'modeling_own.OwnModel' } }),
      'two dashes in a text': model({ note: 'someone/else--modeling_own.OwnModel' }),
    },
  },
  'configuration/trusted-remote-code': {
    positive: {
      'in JSON': model({ trust_remote_code: true }),
      'in YAML': text('model:\n  name: own\n  trust_remote_code: yes\n'),
    },
    negative: {
      'refused in JSON': model({ trust_remote_code: false }),
      'refused in YAML': text('model:\n  name: own\n  trust_remote_code: no\n'),
    },
  },
  'configuration/custom-component': {
    positive: {
      'a component of its own': json({
        _class_name: 'StableDiffusionPipeline',
        _diffusers_version: '0.30.0',
        unet: ['my_unet', 'MyUNet'],
      }),
      'a pipeline of its own': json({
        _class_name: ['pipeline_own', 'OwnPipeline'],
        vae: ['diffusers', 'AutoencoderKL'],
      }),
    },
    negative: {
      'a pipeline of the library': json({
        _class_name: 'StableDiffusionPipeline',
        unet: ['diffusers', 'UNet2DConditionModel'],
        safety_checker: [null, null],
      }),
      'a checker of the pipeline': json({
        _class_name: 'StableDiffusionPipeline',
        safety_checker: ['stable_diffusion', 'StableDiffusionSafetyChecker'],
      }),
    },
  },
  'configuration/hub-kernel': {
    positive: {
      'kernels of a hub repository': model({ _attn_implementation: 'kernels-community/flash-attn' }),
      'a pinned one': model({ attn_implementation: 'someone/attention@v1' }),
    },
    negative: {
      'the implementation of the library': model({ _attn_implementation: 'flash_attention_2' }),
      'nothing chosen': model({ _attn_implementation: null }),
    },
  },
  'configuration/dangerous-target': {
    positive: {
      'CVE-2025-23304: a NeMo configuration that runs a program': text(
        'model:\n  encoder:\n    _target_: os.system\n    command: "true"\n',
      ),
      'a loader of pickles': json({ trainer: { _target_: 'torch.load', f: 'weights.pt' } }),
      'a class path of Lightning': text('model:\n  class_path: subprocess.Popen\n  init_args:\n    args: ["true"]\n'),
      'a constructor tag': text('model: !apply:os.system ["true"]\nseed: 1\n'),
      'CVE-2025-23304: among numbers': json([1, 2, 3, { _target_: 'builtins.eval', _args_: ['1'] }]),
    },
    negative: {
      'a layer': json({ encoder: { _target_: 'torch.nn.Linear', in_features: 4, out_features: 2 } }),
      'a class of NeMo': text(
        'model:\n  encoder:\n    _target_: nemo.collections.asr.modules.ConformerEncoder\n    d_model: 176\n',
      ),
      'the name in a text': json({ note: '_target_ os.system' }),
    },
  },
  'configuration/unknown-target': {
    positive: {
      'a module beside the model': json({ model: { _target_: 'src.models.own.OwnModel' } }),
      'a private name of a library': text('model:\n  _target_: torch._C._jit_compile\n  x: 1\n'),
    },
    negative: {
      'a registered name': json({ network: { _target_: 'SegResNet', channels: 1 } }),
      'a class of a model library': json({ optimizer: { _target_: 'torch.optim.AdamW', lr: 0.1 } }),
    },
  },
  'configuration/imported-module': {
    positive: {
      'a loader of MLflow': text(
        'flavors:\n  python_function:\n    loader_module: own_loader\n    data: model\nmodel_uuid: a\n',
      ),
      'an adapter': json({
        peft_type: 'LORA',
        auto_mapping: { base_model_class: 'Own', parent_library: 'own_package.modeling' },
      }),
      'a module of sentence-transformers': json([{ idx: 0, name: '0', path: '', type: 'own_module.Transformer' }]),
    },
    negative: {
      'a flavour of MLflow': text(
        'flavors:\n  python_function:\n    loader_module: mlflow.sklearn\n    model_path: model.pkl\n',
      ),
      'an adapter of transformers': json({
        peft_type: 'LORA',
        auto_mapping: { parent_library: 'transformers.models.bert.modeling_bert' },
      }),
      'modules of sentence-transformers': json([
        { idx: 0, name: '0', path: '', type: 'sentence_transformers.models.Transformer' },
      ]),
    },
  },
  'configuration/python-tag': {
    positive: {
      'CVE-2020-14343: an object that is called': text('a: !!python/object/new:os.system ["true"]\nb: 1\n'),
      'CVE-2017-18342: an application': text('!!python/object/apply:os.system\nargs: ["true"]\n'),
      'CVE-2020-1747: through a prefix of its own': text(
        '%TAG !p! tag:yaml.org,2002:python/\n---\na: !p!object/apply:os.system ["true"]\n',
      ),
      'a name that is imported': text('a: !!python/name:os.system\nb: 1\n'),
      'in a flow that looks like JSON': text('{"a": !!python/object/apply:os.system ["true"]}'),
      'before a model card': text('---\nlicense: mit\nx: !!python/object/apply:os.system ["true"]\n---\n\n# Model\n'),
    },
    negative: {
      'plain data': text('size: !!python/tuple [1, 2]\nb: !!str 1\n'),
      'the tag in a string': text('note: "never use !!python/object/apply"\nb: 1\n'),
    },
  },
  'configuration/constructor-tag': {
    positive: {
      'a class beside the model': text('model: !new:own_module.Model\n  size: 1\nseed: 1\n'),
      'a function beside the model': text('seed: !apply:own_module.seed [1]\nrate: 1\n'),
    },
    negative: {
      'a class of SpeechBrain': text(
        'model: !new:speechbrain.lobes.models.ECAPA_TDNN.ECAPA_TDNN\n  input_size: 80\nrate: 1\n',
      ),
      'a reference': text('rate: 1\nlr: !ref <rate>\n'),
    },
  },
  'configuration/resolver-code': {
    positive: {
      'an expression': text('rate: "$' + "{eval:'__import__(1)'}\"\nx: 1\n"),
      'a secret of the environment': text('logger:\n  key: $' + '{oc.env:AWS_SECRET_ACCESS_KEY}\n'),
    },
    negative: {
      'a value of the configuration': text('size: 4\nwidth: $' + '{size}\n'),
      'a directory of the environment': text('data: $' + '{oc.env:HOME}/data\nx: 1\n'),
    },
  },
  'configuration/path-escape': {
    positive: {
      'a parent directory': json({ tokenizer_class: 'T', vocab_file: '../../../home/user/vocab.txt' }),
      'a place of the system': json({ tokenizer_class: 'T', tokenizer_file: '/etc/shadow' }),
      'weights of MLflow': text('flavors:\n  sklearn:\n    pickled_model: ../other/model.pkl\nrun_id: a\n'),
      'a module of sentence-transformers': json([
        { idx: 0, name: '0', path: '../x', type: 'sentence_transformers.models.Pooling' },
      ]),
    },
    negative: {
      "the exporter's own cache": json({
        tokenizer_class: 'T',
        special_tokens_map_file: '/root/.cache/huggingface/special_tokens_map.json',
      }),
      'a file of the model': json({
        tokenizer_class: 'T',
        vocab_file: 'vocab.txt',
        name_or_path: '../checkpoints/best',
      }),
    },
  },
  'configuration/oversized-dimension': {
    positive: {
      'a vocabulary': model({ vocab_size: 1e12 }),
      'a negative width': model({ hidden_size: -64 }),
      'a product': model({ vocab_size: 2 ** 27, hidden_size: 2 ** 20 }),
    },
    negative: {
      'the largest models': model({ vocab_size: 262_144, hidden_size: 16_384, num_hidden_layers: 126 }),
      'the length of no limit': json({ tokenizer_class: 'T', model_max_length: 1e30 }),
    },
  },
  'configuration/token-id-out-of-range': {
    positive: {
      'a negative number': tokenizer({ model: { type: 'BPE', vocab: { a: 0, b: -5 }, merges: [] } }),
      'beyond 32 bits': tokenizer({ added_tokens: [{ id: 2 ** 32, content: '<x>' }] }),
      'in the decoder': json({ tokenizer_class: 'T', added_tokens_decoder: { '99999999999': { content: '<x>' } } }),
    },
    negative: {
      'a plain vocabulary': tokenizer({ added_tokens: [{ id: 2, content: '<x>' }] }),
      'scores of a unigram model': tokenizer({
        model: {
          type: 'Unigram',
          vocab: [
            ['a', -1.5],
            ['b', -2.5],
          ],
        },
      }),
      'a number that says none': model({ pad_token_id: -1 }),
    },
  },
  'configuration/backtracking-pattern': {
    positive: {
      'a repetition in a repetition': splitBy('(a+)+$'),
      'optional parts around it': splitBy(String.raw`(?:\s?[a-z]+)*!`),
      'behind another pair of brackets': splitBy(String.raw`((?:\w*))+x`),
    },
    negative: {
      'the expression of GPT-2': splitBy(
        String.raw`'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`,
      ),
      'the expression of Llama 3': splitBy(
        String.raw`(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`,
      ),
      'a separator': splitBy(String.raw`(?:[A-Z][a-z]+)+|(?:\d{3})*`),
    },
  },
  'configuration/deep-nesting': {
    positive: {
      'lists of JSON': text(`{"a":${'['.repeat(5000)}${']'.repeat(5000)}}`),
      'flows of YAML': text(`a: 1\nb: ${'['.repeat(5000)}${']'.repeat(5000)}\n`),
    },
    negative: {
      'a hundred levels of JSON': text(`{"a":${'['.repeat(100)}${']'.repeat(100)}}`),
      'a hundred levels of YAML': text(`a: 1\nb: ${'['.repeat(100)}${']'.repeat(100)}\n`),
    },
  },
  'configuration/alias-bomb': {
    positive: {
      'billion laughs': text(`${laughs((index) => `k${index}`)}\n`),
      'billion laughs in another order': text(`seed: 1\nsize: 2\n${laughs((index) => `name-${index}`)}\n`),
    },
    negative: {
      'settings that are shared': text('base: &base {rate: 1}\none:\n  <<: *base\ntwo:\n  <<: *base\n'),
      'an alias a hundred times': text(`base: &base {rate: 1}\nall: [${Array(100).fill('*base').join(', ')}]\n`),
    },
  },
  'configuration/duplicate-key': {
    positive: {
      'of JSON': text('{"rate": 1, "size": 2, "rate": 3}'),
      'that decides what is loaded': text('{"model_type": "bert", "auto_map": {}, "auto_map": null}'),
      'of YAML': text('rate: 1\nsize: 2\nrate: 3\n'),
    },
    negative: {
      'the same key of two objects': json({ a: { rate: 1 }, b: { rate: 1 } }),
      'keys of merged settings': text('base: &base {rate: 1}\none:\n  <<: *base\n  rate: 2\n'),
    },
  },
  'configuration/prototype-key': {
    positive: {
      'the prototype': text('{"size": 1, "__proto__": {"admin": true}}'),
      'the prototype of the constructor': json({ size: 1, constructor: { prototype: { admin: true } } }),
    },
    negative: {
      'a prototype of a model': json({ prototype: 'v1', constructor: 'Own' }),
      'a token of a vocabulary': tokenizer({ model: { type: 'BPE', vocab: { proto: 1, constructor: 2 }, merges: [] } }),
    },
  },
  'configuration/deceptive-key': {
    positive: {
      'a zero-width space': json({ size: 1, [`auto${hidden(0x200b)}_map`]: 'x' }),
      'an override': json({ size: 1, [`admin${hidden(0x202e)}on`]: false }),
    },
    negative: {
      'letters of another script': json({ größe: 1, размер: 2, 大小: 3 }),
      'tokens of a vocabulary': tokenizer({
        model: { type: 'BPE', vocab: { [hidden(0x200b)]: 1, [hidden(0x202e)]: 2 }, merges: [] },
      }),
    },
  },
  'configuration/untrusted-package-source': {
    positive: {
      'an index without encryption': text('--index-url http://packages.corp.io/simple\ntorch==2.1.0\n'),
      'a host that is trusted blindly': text('torch==2.1.0\n--trusted-host packages.corp.io\n'),
      'a package of a numeric address': text(
        'name: env\ndependencies:\n  - python=3.10\n  - pip:\n    - own @ http://203.0.113.7/own.whl\n',
      ),
    },
    negative: {
      'the index of PyTorch': text('--extra-index-url https://download.pytorch.org/whl/cu118\ntorch==2.1.0\n'),
      'an environment of conda-forge': text(
        'name: env\nchannels:\n  - conda-forge\ndependencies:\n  - python=3.10\n  - pip:\n    - torch==2.1.0\n',
      ),
    },
  },
}
