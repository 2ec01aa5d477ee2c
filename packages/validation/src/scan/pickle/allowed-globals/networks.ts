// Written by `pnpm observe-pickles`: change its review or its objects, not this file.
import { type AllowedGroup, allow } from '../globals.ts'

/** Names of the family `networks` that may stand in a pickle. */
export const networksGlobals: readonly AllowedGroup[] = [
  ...allow(
    'reviewed: timm 1.0',
    'instance',
    'a part of a network, made without its constructor; its state is assigned',
    {
      'timm.layers.activations': 'HardMish HardSigmoid HardSwish Mish PReLU Sigmoid Swish Tanh',
      'timm.layers.activations_me': 'HardMishMe HardSigmoidMe HardSwishMe MishMe SwishMe',
      'timm.layers.adaptive_avgmax_pool': `
        AdaptiveAvgMaxPool2d AdaptiveCatAvgMaxPool2d FastAdaptiveAvgPool2d SelectAdaptivePool2d
      `,
      'timm.layers.blur_pool': 'BlurPool2d',
      'timm.layers.cbam': 'CbamModule ChannelAttn SpatialAttn',
      'timm.layers.classifier': 'ClassifierHead NormMlpClassifierHead',
      'timm.layers.conv2d_same': 'Conv2dSame',
      'timm.layers.conv_bn_act': 'ConvBnAct ConvNormAct',
      'timm.layers.create_act': 'Identity',
      'timm.layers.drop': 'DropBlock2d DropPath',
      'timm.layers.eca': 'CecaModule EcaModule',
      'timm.layers.grn': 'GlobalResponseNorm',
      'timm.layers.linear': 'Linear',
      'timm.layers.mlp': 'ConvMlp GatedMlp GlobalResponseNormMlp GluMlp Mlp SwiGLU',
      'timm.layers.norm': 'GroupNorm GroupNorm1 LayerNorm LayerNorm2d LayerNormExp2d RmsNorm',
      'timm.layers.norm_act': 'BatchNormAct2d GroupNormAct LayerNormAct LayerNormAct2d',
      'timm.layers.patch_embed': 'HybridEmbed PatchEmbed',
      'timm.layers.pool2d_same': 'AvgPool2dSame MaxPool2dSame',
      'timm.layers.separable_conv': 'SeparableConv2d SeparableConvNormAct',
      'timm.layers.space_to_depth': 'SpaceToDepth',
      'timm.layers.split_attn': 'RadixSoftmax SplitAttn',
      'timm.layers.squeeze_excite': 'EffectiveSEModule SEModule SqueezeExciteCl',
      'timm.layers.std_conv': 'ScaledStdConv2d StdConv2d',
      'timm.models._efficientnet_blocks': `
        ConvBnAct DepthwiseSeparableConv EdgeResidual InvertedResidual SqueezeExcite UniversalInvertedResidual
      `,
      'timm.models.beit': 'Attention Beit Block RelativePositionBias',
      'timm.models.convnext': 'ConvNeXt ConvNeXtBlock ConvNeXtStage',
      'timm.models.deit': 'VisionTransformerDistilled',
      'timm.models.densenet': 'DenseBlock DenseLayer DenseNet DenseTransition',
      'timm.models.efficientnet': 'EfficientNet EfficientNetFeatures',
      'timm.models.efficientnet_blocks': 'ConvBnAct DepthwiseSeparableConv EdgeResidual InvertedResidual SqueezeExcite',
      'timm.models.layers.activations': 'HardMish HardSigmoid HardSwish Mish PReLU Sigmoid Swish Tanh',
      'timm.models.layers.activations_me': 'HardMishMe HardSigmoidMe HardSwishMe MishMe SwishMe',
      'timm.models.layers.adaptive_avgmax_pool': `
        AdaptiveAvgMaxPool2d AdaptiveCatAvgMaxPool2d FastAdaptiveAvgPool2d SelectAdaptivePool2d
      `,
      'timm.models.layers.blur_pool': 'BlurPool2d',
      'timm.models.layers.cbam': 'CbamModule ChannelAttn SpatialAttn',
      'timm.models.layers.classifier': 'ClassifierHead NormMlpClassifierHead',
      'timm.models.layers.conv2d_same': 'Conv2dSame',
      'timm.models.layers.conv_bn_act': 'ConvBnAct ConvNormAct',
      'timm.models.layers.create_act': 'Identity',
      'timm.models.layers.drop': 'DropBlock2d DropPath',
      'timm.models.layers.eca': 'CecaModule EcaModule',
      'timm.models.layers.grn': 'GlobalResponseNorm',
      'timm.models.layers.linear': 'Linear',
      'timm.models.layers.mlp': 'ConvMlp GatedMlp GlobalResponseNormMlp GluMlp Mlp SwiGLU',
      'timm.models.layers.norm': 'GroupNorm GroupNorm1 LayerNorm LayerNorm2d LayerNormExp2d RmsNorm',
      'timm.models.layers.norm_act': 'BatchNormAct2d GroupNormAct LayerNormAct LayerNormAct2d',
      'timm.models.layers.patch_embed': 'HybridEmbed PatchEmbed',
      'timm.models.layers.pool2d_same': 'AvgPool2dSame MaxPool2dSame',
      'timm.models.layers.separable_conv': 'SeparableConv2d SeparableConvNormAct',
      'timm.models.layers.space_to_depth': 'SpaceToDepth',
      'timm.models.layers.split_attn': 'RadixSoftmax SplitAttn',
      'timm.models.layers.squeeze_excite': 'EffectiveSEModule SEModule SqueezeExciteCl',
      'timm.models.layers.std_conv': 'ScaledStdConv2d StdConv2d',
      'timm.models.mlp_mixer': 'MixerBlock MlpMixer ResBlock',
      'timm.models.mobilenetv3': 'MobileNetV3 MobileNetV3Features',
      'timm.models.regnet': 'Bottleneck RegNet RegStage',
      'timm.models.resnet': 'BasicBlock Bottleneck ResNet',
      'timm.models.swin_transformer': `
        BasicLayer PatchMerging SwinTransformer SwinTransformerBlock SwinTransformerStage WindowAttention
      `,
      'timm.models.vgg': 'ConvMlp VGG',
      'timm.models.vision_transformer': `
        Attention Block LayerScale ParallelScalingBlock ResPostBlock VisionTransformer
      `,
      'timm.models.xception': 'Block SeparableConv2d Xception',
    },
  ),
  ...allow('reviewed: torchvision 0.19', 'constants', 'one value of an enumeration', {
    'torchvision.transforms.functional': 'InterpolationMode',
  }),
  ...allow(
    'reviewed: torchvision 0.19',
    'instance',
    'a part of a network, made without its constructor; its state is assigned',
    {
      'torchvision.models._utils': 'IntermediateLayerGetter',
      'torchvision.models.alexnet': 'AlexNet',
      'torchvision.models.convnext': 'CNBlock CNBlockConfig ConvNeXt LayerNorm2d',
      'torchvision.models.densenet': 'DenseNet _DenseBlock _DenseLayer _Transition',
      'torchvision.models.detection._utils': `
        BalancedPositiveNegativeSampler BoxCoder BoxLinearCoder Matcher SSDMatcher
      `,
      'torchvision.models.detection.anchor_utils': 'AnchorGenerator DefaultBoxGenerator',
      'torchvision.models.detection.backbone_utils': 'BackboneWithFPN',
      'torchvision.models.detection.faster_rcnn': 'FastRCNNConvFCHead FastRCNNPredictor FasterRCNN TwoMLPHead',
      'torchvision.models.detection.fcos': 'FCOS FCOSClassificationHead FCOSHead FCOSRegressionHead',
      'torchvision.models.detection.image_list': 'ImageList',
      'torchvision.models.detection.keypoint_rcnn': 'KeypointRCNN KeypointRCNNHeads KeypointRCNNPredictor',
      'torchvision.models.detection.mask_rcnn': 'MaskRCNN MaskRCNNHeads MaskRCNNPredictor',
      'torchvision.models.detection.retinanet': `
        RetinaNet RetinaNetClassificationHead RetinaNetHead RetinaNetRegressionHead
      `,
      'torchvision.models.detection.roi_heads': 'RoIHeads',
      'torchvision.models.detection.rpn': 'RPNHead RegionProposalNetwork',
      'torchvision.models.detection.ssd': 'SSD SSDClassificationHead SSDFeatureExtractorVGG SSDHead SSDRegressionHead',
      'torchvision.models.detection.transform': 'GeneralizedRCNNTransform',
      'torchvision.models.efficientnet': 'EfficientNet FusedMBConv FusedMBConvConfig MBConv MBConvConfig',
      'torchvision.models.googlenet': 'BasicConv2d GoogLeNet Inception InceptionAux',
      'torchvision.models.inception': `
        BasicConv2d Inception3 InceptionA InceptionAux InceptionB InceptionC InceptionD InceptionE
      `,
      'torchvision.models.maxvit': 'MBConv MaxVit MaxVitBlock MaxVitLayer PartitionAttentionLayer',
      'torchvision.models.mnasnet': 'MNASNet _InvertedResidual',
      'torchvision.models.mobilenet': 'ConvBNReLU InvertedResidual MobileNetV2',
      'torchvision.models.mobilenetv2': 'ConvBNReLU InvertedResidual MobileNetV2',
      'torchvision.models.mobilenetv3': 'InvertedResidual InvertedResidualConfig MobileNetV3 SqueezeExcitation',
      'torchvision.models.regnet': 'AnyStage BlockParams BottleneckTransform RegNet ResBottleneckBlock SimpleStemIN',
      'torchvision.models.resnet': 'BasicBlock Bottleneck ResNet',
      'torchvision.models.segmentation.deeplabv3': 'ASPP ASPPConv ASPPPooling DeepLabHead DeepLabV3',
      'torchvision.models.segmentation.fcn': 'FCN FCNHead',
      'torchvision.models.segmentation.lraspp': 'LRASPP LRASPPHead',
      'torchvision.models.shufflenetv2': 'InvertedResidual ShuffleNetV2',
      'torchvision.models.squeezenet': 'Fire SqueezeNet',
      'torchvision.models.swin_transformer': `
        PatchMerging PatchMergingV2 ShiftedWindowAttention ShiftedWindowAttentionV2 SwinTransformer SwinTransformerBlock
        SwinTransformerBlockV2
      `,
      'torchvision.models.vgg': 'VGG',
      'torchvision.models.video.resnet': `
        BasicBlock BasicStem Bottleneck Conv2Plus1D Conv3DNoTemporal Conv3DSimple R2Plus1dStem VideoResNet
      `,
      'torchvision.models.vision_transformer': 'Encoder EncoderBlock MLPBlock VisionTransformer',
      'torchvision.ops.deform_conv': 'DeformConv2d',
      'torchvision.ops.feature_pyramid_network': 'FeaturePyramidNetwork LastLevelMaxPool LastLevelP6P7',
      'torchvision.ops.misc': `
        Conv2dNormActivation Conv3dNormActivation ConvNormActivation FrozenBatchNorm2d MLP Permute SqueezeExcitation
      `,
      'torchvision.ops.poolers': 'MultiScaleRoIAlign',
      'torchvision.ops.roi_align': 'RoIAlign',
      'torchvision.ops.stochastic_depth': 'StochasticDepth',
      'torchvision.transforms.transforms': `
        CenterCrop ColorJitter Compose ConvertImageDtype FiveCrop GaussianBlur Grayscale Normalize PILToTensor Pad
        RandomAdjustSharpness RandomAffine RandomApply RandomAutocontrast RandomCrop RandomEqualize RandomErasing
        RandomGrayscale RandomHorizontalFlip RandomOrder RandomPerspective RandomResizedCrop RandomRotation
        RandomVerticalFlip Resize TenCrop ToPILImage ToTensor
      `,
    },
  ),
  ...allow(
    'reviewed: ultralytics 8',
    'instance',
    'a part of a network, made without its constructor; its state is assigned',
    {
      'ultralytics.nn.modules': 'Bottleneck C2f Concat Conv DFL Detect Proto SPPF Segment',
      'ultralytics.nn.modules.block': `
        A2C2f AAttn ABlock AConv ADown Attention BNContrastiveHead Bottleneck BottleneckCSP C1 C2 C2PSA C2f C2fAttn
        C2fCIB C2fPSA C3 C3Ghost C3TR C3k C3k2 C3x CBFuse CBLinear CIB ContrastiveHead DFL ELAN1 GhostBottleneck HGBlock
        HGStem ImagePoolingAttn MaxSigmoidAttnBlock PSA PSABlock Proto RepBottleneck RepC3 RepCSP RepNCSPELAN4 RepVGGDW
        ResNetBlock ResNetLayer Residual SAVPE SCDown SPP SPPELAN SPPF SwiGLUFFN TorchVision
      `,
      'ultralytics.nn.modules.conv': `
        CBAM ChannelAttention Concat Conv Conv2 ConvTranspose DSConv DWConv DWConvTranspose2d Focus GhostConv Index
        LightConv RepConv SpatialAttention
      `,
      'ultralytics.nn.modules.head': `
        Classify Detect LRPCHead OBB Pose RTDETRDecoder Segment WorldDetect YOLOEDetect YOLOESegment v10Detect
      `,
      'ultralytics.nn.modules.transformer': `
        AIFI DeformableTransformerDecoder DeformableTransformerDecoderLayer LayerNorm2d MLP MLPBlock MSDeformAttn
        TransformerBlock TransformerEncoderLayer TransformerLayer
      `,
      'ultralytics.nn.tasks': `
        BaseModel ClassificationModel DetectionModel Ensemble OBBModel PoseModel RTDETRDetectionModel SegmentationModel
        WorldModel YOLOEModel YOLOESegModel
      `,
      'ultralytics.utils': 'IterableSimpleNamespace',
      'ultralytics.utils.loss': `
        BboxLoss DFLoss E2EDetectLoss FocalLoss KeypointLoss RotatedBboxLoss VarifocalLoss v8ClassificationLoss
        v8DetectionLoss v8OBBLoss v8PoseLoss v8SegmentationLoss
      `,
      'ultralytics.utils.tal': 'RotatedTaskAlignedAssigner TaskAlignedAssigner',
      'ultralytics.yolo.utils': 'IterableSimpleNamespace',
      'ultralytics.yolo.utils.loss': 'BboxLoss VarifocalLoss',
      'ultralytics.yolo.utils.tal': 'TaskAlignedAssigner',
      'ultralytics.yolo.v8.detect.train': 'Loss',
      'ultralytics.yolo.v8.segment.train': 'SegLoss',
    },
  ),
  ...allow(
    'reviewed: yolov5, yolov7',
    'instance',
    'a part of a network, made without its constructor; its state is assigned',
    {
      'models.common': `
        AutoShape Bottleneck BottleneckCSP C3 C3Ghost C3SPP C3TR C3x CBAM CBFuse CBLinear Chuncat Classify Concat
        Contract Conv CrossConv DWConv DWConvTranspose2d DownC Expand Focus Foldcut GhostBottleneck GhostConv ImplicitA
        ImplicitM MP Proto ReOrg RepConv Res SP SPP SPPCSPC SPPF Shortcut Stem TransformerBlock TransformerLayer
      `,
      'models.experimental': 'CrossConv Ensemble MixConv2d Sum',
      'models.yolo': `
        BaseModel ClassificationModel Detect DetectionModel IAuxDetect IBin IDetect IKeypoint Model Segment
        SegmentationModel
      `,
    },
  ),
]
