// One guest after the other: each is given two processors.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
