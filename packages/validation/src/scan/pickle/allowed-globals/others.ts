// Written by `pnpm observe-pickles`: change its review or its objects, not this file.
import { type AllowedGroup, allow } from '../globals.ts'

/** Names of the family `others` that may stand in a pickle. */
export const othersGlobals: readonly AllowedGroup[] = [
  ...allow('reviewed: fairseq 0.12', 'instance', 'made without its constructor; its state is assigned', {
    'fairseq.data.dictionary': 'Dictionary',
  }),
  ...allow('reviewed: lightning 2', 'instance', 'made without its constructor; its state is assigned', {
    'lightning.pytorch.callbacks.early_stopping': 'EarlyStopping',
    'lightning.pytorch.callbacks.gradient_accumulation_scheduler': 'GradientAccumulationScheduler',
    'lightning.pytorch.callbacks.lr_monitor': 'LearningRateMonitor',
    'lightning.pytorch.callbacks.model_checkpoint': 'ModelCheckpoint',
    'lightning.pytorch.callbacks.stochastic_weight_avg': 'StochasticWeightAveraging',
    'lightning.pytorch.core.mixins.hparams_mixin': 'HyperparametersMixin',
    'lightning.pytorch.utilities.parsing': 'AttributeDict',
    'lightning.fabric.utilities.data': 'AttributeDict',
    'lightning_fabric.utilities.data': 'AttributeDict',
  }),
  ...allow('reviewed: networkx 3', 'instance', 'made without its constructor; its state is assigned', {
    'networkx.classes.digraph': 'DiGraph',
    'networkx.classes.graph': 'Graph',
    'networkx.classes.multidigraph': 'MultiDiGraph',
    'networkx.classes.multigraph': 'MultiGraph',
  }),
  ...allow('reviewed: omegaconf 2.3', 'instance', 'made without its constructor; its state is assigned', {
    'omegaconf.base': 'ContainerMetadata Metadata',
    'omegaconf.dictconfig': 'DictConfig',
    'omegaconf.listconfig': 'ListConfig',
    'omegaconf.nodes': 'AnyNode BooleanNode BytesNode EnumNode FloatNode IntegerNode PathNode StringNode',
  }),
  ...allow('reviewed: pytorch-lightning 2', 'instance', 'made without its constructor; its state is assigned', {
    'pytorch_lightning.callbacks.early_stopping': 'EarlyStopping',
    'pytorch_lightning.callbacks.gradient_accumulation_scheduler': 'GradientAccumulationScheduler',
    'pytorch_lightning.callbacks.lr_monitor': 'LearningRateMonitor',
    'pytorch_lightning.callbacks.model_checkpoint': 'ModelCheckpoint',
    'pytorch_lightning.callbacks.stochastic_weight_avg': 'StochasticWeightAveraging',
    'pytorch_lightning.core.mixins.hparams_mixin': 'HyperparametersMixin',
    'pytorch_lightning.utilities.parsing': 'AttributeDict',
  }),
  ...allow('reviewed: yacs 0.1, easydict 1', 'instance', 'made without its constructor; its state is assigned', {
    easydict: 'EasyDict',
    'yacs.config': 'CfgNode',
  }),
]
