namespace System.Runtime;

/// <summary>
/// Read by the NativeAOT compiler by its name: the method stands for a symbol of the link, and its address is that
/// symbol's. So data of libc can be named, which has no declaration in C#.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class RuntimeImportAttribute : Attribute
{
    public RuntimeImportAttribute(string entryPoint)
    {
        EntryPoint = entryPoint;
    }

    public string EntryPoint { get; }
}
