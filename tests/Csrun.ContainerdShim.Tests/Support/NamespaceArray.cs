using System.Linq;
using System.Text.Json.Nodes;

namespace Csrun.ContainerdShim.Tests;

internal static class NamespaceArray
{
    /// <summary>Takes a namespace out of linux.namespaces.</summary>
    public static void RemoveWhere(this JsonArray namespaces, string type)
    {
        _ = namespaces.Remove(namespaces.First(entry => (string?)entry!["type"] == type));
    }
}
