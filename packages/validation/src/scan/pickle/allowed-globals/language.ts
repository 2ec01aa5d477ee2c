// Written by `pnpm observe-pickles`: change its review or its objects, not this file.
import { type AllowedGroup, allow } from '../globals.ts'

/** Names of the family `language` that may stand in a pickle. */
export const languageGlobals: readonly AllowedGroup[] = [
  ...allow(
    'reviewed: diffusers 0.29',
    'instance',
    'a part of a network, made without its constructor; its state is assigned',
    {
      'diffusers.configuration_utils': 'FrozenDict',
      'diffusers.models.attention': 'BasicTransformerBlock FeedForward',
      'diffusers.models.attention_processor': 'Attention AttnProcessor AttnProcessor2_0',
      'diffusers.models.autoencoder_kl': 'AutoencoderKL',
      'diffusers.models.autoencoders.autoencoder_kl': 'AutoencoderKL',
      'diffusers.models.embeddings': 'ImagePositionalEmbeddings PatchEmbed TimestepEmbedding Timesteps',
      'diffusers.models.resnet': 'Downsample2D ResnetBlock2D Upsample2D',
      'diffusers.models.unet_2d': 'UNet2DModel',
      'diffusers.models.unet_2d_condition': 'UNet2DConditionModel',
      'diffusers.models.unets.unet_2d': 'UNet2DModel',
      'diffusers.models.unets.unet_2d_condition': 'UNet2DConditionModel',
      'diffusers.schedulers.scheduling_ddim': 'DDIMScheduler',
      'diffusers.schedulers.scheduling_ddpm': 'DDPMScheduler',
      'diffusers.schedulers.scheduling_euler_discrete': 'EulerDiscreteScheduler',
      'diffusers.schedulers.scheduling_pndm': 'PNDMScheduler',
    },
  ),
  ...allow('reviewed: gensim 4', 'instance', 'made without its constructor; its state is assigned', {
    'gensim.corpora.dictionary': 'Dictionary',
    'gensim.models.doc2vec': 'Doc2Vec Doctag TaggedDocument',
    'gensim.models.fasttext': 'FastText FastTextKeyedVectors',
    'gensim.models.keyedvectors': `
      CompatVocab Doc2VecKeyedVectors FastTextKeyedVectors KeyedVectors Vocab Word2VecKeyedVectors
      WordEmbeddingsKeyedVectors
    `,
    'gensim.models.ldamodel': 'LdaModel LdaState',
    'gensim.models.lsimodel': 'LsiModel Projection',
    'gensim.models.phrases': 'FrozenPhrases Phraser Phrases',
    'gensim.models.tfidfmodel': 'TfidfModel',
    'gensim.models.word2vec': 'Word2Vec Word2VecTrainables Word2VecVocab',
    'gensim.similarities.docsim': 'MatrixSimilarity SparseMatrixSimilarity',
  }),
  ...allow('reviewed: gensim 4', 'none', 'a function on arrays as a value; never called while loading', {
    'gensim.models.phrases': 'npmi_scorer original_scorer',
    'gensim.models.tfidfmodel': 'df2idf',
    'gensim.utils': 'identity',
  }),
  ...allow('reviewed: nltk 3.8', 'instance', 'made without its constructor; its state is assigned', {
    'nltk.classify.naivebayes': 'NaiveBayesClassifier',
    'nltk.probability': 'ConditionalFreqDist FreqDist',
    'nltk.stem.porter': 'PorterStemmer',
    'nltk.stem.wordnet': 'WordNetLemmatizer',
    'nltk.tokenize.punkt': 'PunktLanguageVars PunktParameters PunktSentenceTokenizer PunktToken',
    'nltk.tokenize.regexp': 'RegexpTokenizer',
    'nltk.tokenize.treebank': 'TreebankWordTokenizer',
  }),
  ...allow('reviewed: peft 0.11', 'constants', 'one value of an enumeration', {
    'peft.utils.peft_types': 'PeftType TaskType',
  }),
  ...allow('reviewed: peft 0.11', 'instance', 'made without its constructor; its state is assigned', {
    'peft.config': 'PeftConfig PromptLearningConfig',
    'peft.tuners.adalora.config': 'AdaLoraConfig',
    'peft.tuners.ia3.config': 'IA3Config',
    'peft.tuners.loha.config': 'LoHaConfig',
    'peft.tuners.lokr.config': 'LoKrConfig',
    'peft.tuners.lora': 'LoraConfig',
    'peft.tuners.lora.config': 'LoftQConfig LoraConfig',
    'peft.tuners.oft.config': 'OFTConfig',
    'peft.tuners.p_tuning.config': 'PromptEncoderConfig',
    'peft.tuners.prefix_tuning.config': 'PrefixTuningConfig',
    'peft.tuners.prompt_tuning.config': 'PromptTuningConfig',
  }),
  ...allow(
    'reviewed: sentence-transformers 3',
    'instance',
    'a part of a network, made without its constructor; its state is assigned',
    {
      'sentence_transformers.models.Dense': 'Dense',
      'sentence_transformers.models.Dropout': 'Dropout',
      'sentence_transformers.models.LayerNorm': 'LayerNorm',
      'sentence_transformers.models.Normalize': 'Normalize',
      'sentence_transformers.models.Pooling': 'Pooling',
      'sentence_transformers.models.WeightedLayerPooling': 'WeightedLayerPooling',
    },
  ),
  ...allow('reviewed: tokenizers 0.19', 'instance', 'a tokenizer that the library reads from the text in its state', {
    tokenizers: 'AddedToken Tokenizer',
    'tokenizers.decoders': `
      BPEDecoder ByteFallback ByteLevel CTC Decoder Fuse Metaspace Replace Sequence Strip WordPiece
    `,
    'tokenizers.models': 'BPE Model Unigram WordLevel WordPiece',
    'tokenizers.normalizers': `
      BertNormalizer Lowercase NFC NFD NFKC NFKD Normalizer Prepend Replace Sequence Strip StripAccents
    `,
    'tokenizers.pre_tokenizers': `
      BertPreTokenizer ByteLevel CharDelimiterSplit Digits Metaspace PreTokenizer Punctuation Sequence Split
      UnicodeScripts Whitespace WhitespaceSplit
    `,
    'tokenizers.processors': 'BertProcessing ByteLevel PostProcessor RobertaProcessing Sequence TemplateProcessing',
  }),
  ...allow('reviewed: transformers 4', 'constants', 'one value of an enumeration', {
    'accelerate.utils.dataclasses': 'DistributedType PrecisionType',
    'transformers.debug_utils': 'DebugOption',
    'transformers.trainer_utils': `
      EvaluationStrategy FSDPOption HubStrategy IntervalStrategy SaveStrategy SchedulerType
    `,
    'transformers.training_args': 'OptimizerNames ParallelMode',
    'transformers.utils.generic': 'ExplicitEnum PaddingStrategy TensorType',
  }),
  ...allow(
    'reviewed: transformers 4',
    'instance',
    'a part of a network, made without its constructor; its state is assigned',
    {
      'transformers.activations': `
        ClippedGELUActivation FastGELUActivation GELUActivation NewGELUActivation QuickGELUActivation SiLUActivation
      `,
      'transformers.models.bert.modeling_bert': `
        BertAttention BertEmbeddings BertEncoder BertForMaskedLM BertForNextSentencePrediction BertForPreTraining
        BertForQuestionAnswering BertForSequenceClassification BertForTokenClassification BertIntermediate
        BertLMPredictionHead BertLayer BertModel BertOnlyMLMHead BertOutput BertPooler BertPredictionHeadTransform
        BertSdpaSelfAttention BertSelfAttention BertSelfOutput
      `,
      'transformers.models.distilbert.modeling_distilbert': `
        DistilBertForMaskedLM DistilBertForQuestionAnswering DistilBertForSequenceClassification
        DistilBertForTokenClassification DistilBertModel DistilBertSdpaAttention Embeddings FFN MultiHeadSelfAttention
        Transformer TransformerBlock
      `,
      'transformers.models.electra.modeling_electra': `
        ElectraAttention ElectraClassificationHead ElectraDiscriminatorPredictions ElectraEmbeddings ElectraEncoder
        ElectraForMaskedLM ElectraForQuestionAnswering ElectraForSequenceClassification ElectraForTokenClassification
        ElectraGeneratorPredictions ElectraIntermediate ElectraLMPredictionHead ElectraLayer ElectraModel ElectraOutput
        ElectraPooler ElectraPredictionHeadTransform ElectraSelfAttention ElectraSelfOutput
      `,
      'transformers.models.gpt2.modeling_gpt2': `
        GPT2Attention GPT2Block GPT2ForSequenceClassification GPT2LMHeadModel GPT2MLP GPT2Model
      `,
      'transformers.models.llama.modeling_llama': `
        LlamaAttention LlamaDecoderLayer LlamaForCausalLM LlamaForSequenceClassification LlamaMLP LlamaModel
        LlamaRMSNorm LlamaRotaryEmbedding
      `,
      'transformers.models.mistral.modeling_mistral': `
        MistralAttention MistralDecoderLayer MistralForCausalLM MistralMLP MistralModel MistralRMSNorm
        MistralRotaryEmbedding
      `,
      'transformers.models.qwen2.modeling_qwen2': `
        Qwen2Attention Qwen2DecoderLayer Qwen2ForCausalLM Qwen2MLP Qwen2Model Qwen2RMSNorm Qwen2RotaryEmbedding
      `,
      'transformers.models.roberta.modeling_roberta': `
        RobertaAttention RobertaClassificationHead RobertaEmbeddings RobertaEncoder RobertaForMaskedLM
        RobertaForQuestionAnswering RobertaForSequenceClassification RobertaForTokenClassification RobertaIntermediate
        RobertaLMHead RobertaLMPredictionHead RobertaLayer RobertaModel RobertaOutput RobertaPooler
        RobertaPredictionHeadTransform RobertaSdpaSelfAttention RobertaSelfAttention RobertaSelfOutput
      `,
      'transformers.models.t5.modeling_t5': `
        T5Attention T5Block T5DenseActDense T5DenseGatedActDense T5EncoderModel T5ForConditionalGeneration
        T5LayerCrossAttention T5LayerFF T5LayerNorm T5LayerSelfAttention T5Model T5Stack
      `,
      'transformers.models.vit.modeling_vit': `
        ViTAttention ViTEmbeddings ViTEncoder ViTForImageClassification ViTIntermediate ViTLayer ViTModel ViTOutput
        ViTPatchEmbeddings ViTPooler ViTSelfAttention ViTSelfOutput
      `,
      'transformers.pytorch_utils': 'Conv1D',
    },
  ),
  ...allow('reviewed: transformers 4', 'instance', 'made without its constructor; its state is assigned', {
    'transformers.configuration_utils': 'PreTrainedConfig PretrainedConfig',
    'transformers.generation.configuration_utils': 'GenerationConfig',
    'transformers.modeling_outputs': `
      BaseModelOutput BaseModelOutputWithPooling CausalLMOutput MaskedLMOutput SequenceClassifierOutput
    `,
    'transformers.models.albert.configuration_albert': 'AlbertConfig',
    'transformers.models.albert.tokenization_albert_fast': 'AlbertTokenizerFast',
    'transformers.models.bart.configuration_bart': 'BartConfig',
    'transformers.models.bart.tokenization_bart_fast': 'BartTokenizerFast',
    'transformers.models.beit.configuration_beit': 'BeitConfig',
    'transformers.models.bert.configuration_bert': 'BertConfig',
    'transformers.models.bert.tokenization_bert': 'BasicTokenizer BertTokenizer WordpieceTokenizer',
    'transformers.models.bert.tokenization_bert_fast': 'BertTokenizerFast',
    'transformers.models.big_bird.configuration_big_bird': 'BigBirdConfig',
    'transformers.models.big_bird.tokenization_big_bird_fast': 'BigBirdTokenizerFast',
    'transformers.models.blenderbot.configuration_blenderbot': 'BlenderbotConfig',
    'transformers.models.bloom.configuration_bloom': 'BloomConfig',
    'transformers.models.bloom.tokenization_bloom_fast': 'BloomTokenizerFast',
    'transformers.models.camembert.configuration_camembert': 'CamembertConfig',
    'transformers.models.clip.configuration_clip': 'CLIPConfig CLIPTextConfig CLIPVisionConfig',
    'transformers.models.clip.tokenization_clip_fast': 'CLIPTokenizerFast',
    'transformers.models.codegen.configuration_codegen': 'CodeGenConfig',
    'transformers.models.convbert.configuration_convbert': 'ConvBertConfig',
    'transformers.models.convnext.configuration_convnext': 'ConvNextConfig',
    'transformers.models.ctrl.configuration_ctrl': 'CTRLConfig',
    'transformers.models.deberta.configuration_deberta': 'DebertaConfig',
    'transformers.models.deberta.tokenization_deberta_fast': 'DebertaTokenizerFast',
    'transformers.models.deberta_v2.configuration_deberta_v2': 'DebertaV2Config',
    'transformers.models.deberta_v2.tokenization_deberta_v2_fast': 'DebertaV2TokenizerFast',
    'transformers.models.deit.configuration_deit': 'DeiTConfig',
    'transformers.models.detr.configuration_detr': 'DetrConfig',
    'transformers.models.distilbert.configuration_distilbert': 'DistilBertConfig',
    'transformers.models.distilbert.tokenization_distilbert': 'DistilBertTokenizer',
    'transformers.models.distilbert.tokenization_distilbert_fast': 'DistilBertTokenizerFast',
    'transformers.models.dpr.configuration_dpr': 'DPRConfig',
    'transformers.models.dpr.tokenization_dpr_fast': 'DPRQuestionEncoderTokenizerFast',
    'transformers.models.electra.configuration_electra': 'ElectraConfig',
    'transformers.models.electra.tokenization_electra': 'ElectraTokenizer',
    'transformers.models.electra.tokenization_electra_fast': 'ElectraTokenizerFast',
    'transformers.models.falcon.configuration_falcon': 'FalconConfig',
    'transformers.models.flaubert.configuration_flaubert': 'FlaubertConfig',
    'transformers.models.fnet.configuration_fnet': 'FNetConfig',
    'transformers.models.funnel.configuration_funnel': 'FunnelConfig',
    'transformers.models.funnel.tokenization_funnel_fast': 'FunnelTokenizerFast',
    'transformers.models.gemma.configuration_gemma': 'GemmaConfig',
    'transformers.models.gemma2.configuration_gemma2': 'Gemma2Config',
    'transformers.models.gpt2.configuration_gpt2': 'GPT2Config',
    'transformers.models.gpt2.tokenization_gpt2': 'GPT2Tokenizer',
    'transformers.models.gpt2.tokenization_gpt2_fast': 'GPT2TokenizerFast',
    'transformers.models.gpt_bigcode.configuration_gpt_bigcode': 'GPTBigCodeConfig',
    'transformers.models.gpt_neo.configuration_gpt_neo': 'GPTNeoConfig',
    'transformers.models.gpt_neox.configuration_gpt_neox': 'GPTNeoXConfig',
    'transformers.models.gpt_neox.tokenization_gpt_neox_fast': 'GPTNeoXTokenizerFast',
    'transformers.models.gptj.configuration_gptj': 'GPTJConfig',
    'transformers.models.hubert.configuration_hubert': 'HubertConfig',
    'transformers.models.ibert.configuration_ibert': 'IBertConfig',
    'transformers.models.layoutlm.configuration_layoutlm': 'LayoutLMConfig',
    'transformers.models.layoutlm.tokenization_layoutlm_fast': 'LayoutLMTokenizerFast',
    'transformers.models.layoutlmv2.configuration_layoutlmv2': 'LayoutLMv2Config',
    'transformers.models.layoutlmv3.configuration_layoutlmv3': 'LayoutLMv3Config',
    'transformers.models.led.configuration_led': 'LEDConfig',
    'transformers.models.led.tokenization_led_fast': 'LEDTokenizerFast',
    'transformers.models.llama.configuration_llama': 'LlamaConfig',
    'transformers.models.longformer.configuration_longformer': 'LongformerConfig',
    'transformers.models.longformer.tokenization_longformer_fast': 'LongformerTokenizerFast',
    'transformers.models.longt5.configuration_longt5': 'LongT5Config',
    'transformers.models.luke.configuration_luke': 'LukeConfig',
    'transformers.models.lxmert.configuration_lxmert': 'LxmertConfig',
    'transformers.models.lxmert.tokenization_lxmert_fast': 'LxmertTokenizerFast',
    'transformers.models.m2m_100.configuration_m2m_100': 'M2M100Config',
    'transformers.models.marian.configuration_marian': 'MarianConfig',
    'transformers.models.mbart.configuration_mbart': 'MBartConfig',
    'transformers.models.mistral.configuration_mistral': 'MistralConfig',
    'transformers.models.mixtral.configuration_mixtral': 'MixtralConfig',
    'transformers.models.mobilebert.configuration_mobilebert': 'MobileBertConfig',
    'transformers.models.mobilebert.tokenization_mobilebert_fast': 'MobileBertTokenizerFast',
    'transformers.models.mobilevit.configuration_mobilevit': 'MobileViTConfig',
    'transformers.models.mpnet.configuration_mpnet': 'MPNetConfig',
    'transformers.models.mpnet.tokenization_mpnet_fast': 'MPNetTokenizerFast',
    'transformers.models.mpt.configuration_mpt': 'MptConfig',
    'transformers.models.mt5.configuration_mt5': 'MT5Config',
    'transformers.models.nystromformer.configuration_nystromformer': 'NystromformerConfig',
    'transformers.models.openai.configuration_openai': 'OpenAIGPTConfig',
    'transformers.models.opt.configuration_opt': 'OPTConfig',
    'transformers.models.pegasus.configuration_pegasus': 'PegasusConfig',
    'transformers.models.perceiver.configuration_perceiver': 'PerceiverConfig',
    'transformers.models.phi.configuration_phi': 'PhiConfig',
    'transformers.models.phi3.configuration_phi3': 'Phi3Config',
    'transformers.models.prophetnet.configuration_prophetnet': 'ProphetNetConfig',
    'transformers.models.qwen2.configuration_qwen2': 'Qwen2Config',
    'transformers.models.reformer.configuration_reformer': 'ReformerConfig',
    'transformers.models.regnet.configuration_regnet': 'RegNetConfig',
    'transformers.models.rembert.configuration_rembert': 'RemBertConfig',
    'transformers.models.resnet.configuration_resnet': 'ResNetConfig',
    'transformers.models.roberta.configuration_roberta': 'RobertaConfig',
    'transformers.models.roberta.tokenization_roberta': 'RobertaTokenizer',
    'transformers.models.roberta.tokenization_roberta_fast': 'RobertaTokenizerFast',
    'transformers.models.roformer.configuration_roformer': 'RoFormerConfig',
    'transformers.models.segformer.configuration_segformer': 'SegformerConfig',
    'transformers.models.squeezebert.configuration_squeezebert': 'SqueezeBertConfig',
    'transformers.models.squeezebert.tokenization_squeezebert_fast': 'SqueezeBertTokenizerFast',
    'transformers.models.stablelm.configuration_stablelm': 'StableLmConfig',
    'transformers.models.starcoder2.configuration_starcoder2': 'Starcoder2Config',
    'transformers.models.swin.configuration_swin': 'SwinConfig',
    'transformers.models.swinv2.configuration_swinv2': 'Swinv2Config',
    'transformers.models.t5.configuration_t5': 'T5Config',
    'transformers.models.transfo_xl.configuration_transfo_xl': 'TransfoXLConfig',
    'transformers.models.vilt.configuration_vilt': 'ViltConfig',
    'transformers.models.vit.configuration_vit': 'ViTConfig',
    'transformers.models.vit_mae.configuration_vit_mae': 'ViTMAEConfig',
    'transformers.models.wav2vec2.configuration_wav2vec2': 'Wav2Vec2Config',
    'transformers.models.wavlm.configuration_wavlm': 'WavLMConfig',
    'transformers.models.whisper.configuration_whisper': 'WhisperConfig',
    'transformers.models.whisper.tokenization_whisper_fast': 'WhisperTokenizerFast',
    'transformers.models.xglm.configuration_xglm': 'XGLMConfig',
    'transformers.models.xlm.configuration_xlm': 'XLMConfig',
    'transformers.models.xlm_roberta.configuration_xlm_roberta': 'XLMRobertaConfig',
    'transformers.models.xlnet.configuration_xlnet': 'XLNetConfig',
    'transformers.models.yolos.configuration_yolos': 'YolosConfig',
    'transformers.tokenization_utils': 'Trie',
    'transformers.tokenization_utils_base': 'AddedToken BatchEncoding',
    'transformers.tokenization_utils_fast': 'PreTrainedTokenizerFast',
    'transformers.trainer_callback': 'TrainerControl TrainerState',
    'transformers.trainer_pt_utils': 'AcceleratorConfig LabelSmoother',
    'transformers.training_args': 'TrainingArguments',
    'transformers.training_args_seq2seq': 'Seq2SeqTrainingArguments',
    'transformers.utils.generic': 'ModelOutput',
  }),
]
