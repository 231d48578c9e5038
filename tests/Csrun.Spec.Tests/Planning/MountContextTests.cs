namespace Csrun.Spec.Tests;

/// <summary>linux.mountLabel, and the annotation that names its mount option.</summary>
public sealed class MountContextTests
{
    [Theory]
    [InlineData("", "context")]
    [InlineData("\"run.oci.mount_context_type\":\"rootcontext\"", "rootcontext")]
    public void Is_carried_by_the_option_that_is_asked_for(string annotation, string option)
    {
        Plans.Of(With("label:s0:c1,c2", annotation)).MountContext
            .Should().Be(new MountContext(option, "label:s0:c1,c2"));
    }

    [Fact]
    public void Is_none_where_it_is_empty()
    {
        Plans.Of(With("", "")).MountContext.Should().BeNull();
    }

    [Fact]
    public void Refuses_an_option_that_mount_does_not_know()
    {
        Plans.FaultsOf(With("label", "\"run.oci.mount_context_type\":\"seccontext\"")).Should().ContainSingle()
            .Which.Should().StartWith("annotations[run.oci.mount_context_type]: ");
    }

    private static string With(string label, string annotation) => Readings.WithTop(
        $"\"linux\":{{\"mountLabel\":\"{label}\"}},\"annotations\":{{{annotation}}}");
}
