"""What has no exporter, and why: scikit-learn's estimators that are not compiled, one by one."""

from __future__ import annotations

__all__ = ["NOT_EXPORTED"]

_NO_ANSWER = "predicts nothing for new records"
_NO_TABLE = "takes other data than tables and texts"
_NEIGHBORS = "needs the rows that it was fitted on"
_PRODUCTS = "finds neighbours by products of matrices, whose last bits depend on the machine"
_GRAPH = "gives graphs of neighbours, not columns"
_TARGETS = "encodes targets, not records"
_RARE = "is rarely served"

NOT_EXPORTED: dict[str, str] = {
    "AdditiveChi2Sampler": _RARE,
    "AffinityPropagation": _RARE,
    "AgglomerativeClustering": _NO_ANSWER,
    "BayesianGaussianMixture": _RARE,
    "BernoulliRBM": _RARE,
    "Birch": _RARE,
    "BisectingKMeans": _RARE,
    "CCA": _RARE,
    "ClassicalMDS": _NO_ANSWER,
    "DBSCAN": _NO_ANSWER,
    "DictVectorizer": _NO_TABLE,
    "DictionaryLearning": "solves a problem for each record",
    "EllipticEnvelope": _RARE,
    "EmpiricalCovariance": _NO_ANSWER,
    "FeatureAgglomeration": _RARE,
    "GaussianMixture": _RARE,
    "GaussianProcessClassifier": _NEIGHBORS,
    "GaussianProcessRegressor": _NEIGHBORS,
    "GraphicalLasso": _NO_ANSWER,
    "GraphicalLassoCV": _NO_ANSWER,
    "HDBSCAN": _NO_ANSWER,
    "Isomap": _NEIGHBORS,
    "IsotonicRegression": _RARE,
    "IterativeImputer": "imputes with models of its own",
    "KNNImputer": _PRODUCTS,
    "KNeighborsTransformer": _GRAPH,
    "KernelCenterer": _RARE,
    "KernelDensity": _NO_ANSWER,
    "KernelPCA": _NEIGHBORS,
    "KernelRidge": _NEIGHBORS,
    "LabelBinarizer": _TARGETS,
    "LabelEncoder": _TARGETS,
    "LabelPropagation": _NEIGHBORS,
    "LabelSpreading": _NEIGHBORS,
    "LatentDirichletAllocation": "solves a problem for each record",
    "LedoitWolf": _NO_ANSWER,
    "LocalOutlierFactor": _NEIGHBORS,
    "LocallyLinearEmbedding": _NEIGHBORS,
    "MDS": _NO_ANSWER,
    "MeanShift": _RARE,
    "MinCovDet": _NO_ANSWER,
    "MiniBatchDictionaryLearning": "solves a problem for each record",
    "MiniBatchNMF": "solves a problem for each record",
    "MiniBatchSparsePCA": "solves a problem for each record",
    "MultiLabelBinarizer": _TARGETS,
    "NMF": "solves a problem for each record",
    "NearestNeighbors": _NO_ANSWER,
    "NeighborhoodComponentsAnalysis": _RARE,
    "Nystroem": _RARE,
    "OAS": _NO_ANSWER,
    "OPTICS": _NO_ANSWER,
    "OutputCodeClassifier": _RARE,
    "PLSCanonical": _RARE,
    "PLSRegression": _RARE,
    "PLSSVD": _RARE,
    "PatchExtractor": _NO_TABLE,
    "PolynomialCountSketch": _RARE,
    "RBFSampler": _RARE,
    "RadiusNeighborsClassifier": _NEIGHBORS,
    "RadiusNeighborsRegressor": _NEIGHBORS,
    "RadiusNeighborsTransformer": _GRAPH,
    "SGDOneClassSVM": _RARE,
    "ShrunkCovariance": _NO_ANSWER,
    "SkewedChi2Sampler": _RARE,
    "SparseCoder": "solves a problem for each record",
    "SparsePCA": "solves a problem for each record",
    "SpectralBiclustering": _NO_ANSWER,
    "SpectralClustering": _NO_ANSWER,
    "SpectralCoclustering": _NO_ANSWER,
    "SpectralEmbedding": _NO_ANSWER,
    "TSNE": _NO_ANSWER,
}
"""scikit-learn's class name to a phrase that says why it is not compiled."""
