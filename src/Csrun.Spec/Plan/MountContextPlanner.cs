using System.Collections.Generic;

namespace Csrun.Spec;

/// <summary>
/// linux.mountLabel, and crun's annotation that says which of the mount options of mount(8) carries it.
/// </summary>
internal static class MountContextPlanner
{
    private const string Annotation = "run.oci.mount_context_type";

    public static MountContext Plan(string label, Dictionary<string, string>? annotations, List<Fault> faults)
    {
        string? option = null;
        if (annotations?.TryGetValue(Annotation, out option) == true
            && !LabelOption.IsName(option!))
        {
            faults.Add(new Fault(
                "annotations[" + Annotation + "]",
                Message.NotOneOf(["context", "fscontext", "defcontext", "rootcontext"], option!)));
        }

        return new MountContext(option ?? "context", label);
    }
}
