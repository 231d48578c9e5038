// Tests that look at the whole machine run one after another.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
