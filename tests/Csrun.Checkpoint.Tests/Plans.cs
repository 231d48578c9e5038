using System.Text;
using Csrun.Spec;

namespace Csrun.Checkpoint.Tests;

/// <summary>Plans of containers of whatever kind.</summary>
internal static class Plans
{
    /// <summary>A container with these namespaces, with further members of config.json.</summary>
    internal static Plan With(string namespaces, string further = "")
    {
        string json = $$$"""
            {"ociVersion":"1.0.2","root":{"path":"rootfs","readonly":true},
             "process":{"args":["sh"],"cwd":"/","user":{"uid":0,"gid":0}},
             "linux":{"namespaces":[{{{namespaces}}}]}{{{further}}}}
            """;
        ContainerConfig config = ConfigReader.Read(Encoding.UTF8.GetBytes(json), out _)!;
        return PlanBuilder.Build(config, new PlanOptions { Id = "web", Bundle = "/bundle" }, out _)!;
    }
}
