namespace System.Runtime;

/// <summary>
/// Read by the NativeAOT compiler by its name: the method's code is emitted under <see cref="EntryPoint"/> as a plain
/// C symbol, without the transition that UnmanagedCallersOnly makes, so it may run before the runtime exists.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class RuntimeExportAttribute : Attribute
{
    public RuntimeExportAttribute(string entryPoint)
    {
        EntryPoint = entryPoint;
    }

    public string EntryPoint { get; }
}
