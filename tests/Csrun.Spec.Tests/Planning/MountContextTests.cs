using System.Linq;

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

    [Theory]
    [InlineData(new[] { "context=\"a:b:c:s0:c1,c2\"", "size=1m" }, new[] { "context=a:b:c:s0:c1,c2", "size=1m" })]
    [InlineData(new[] { "context=\"a:b:c:s0:c1", "c2", "c3\"", "ro" }, new[] { "context=a:b:c:s0:c1,c2,c3" })]
    [InlineData(new[] { "rootcontext=a:b:c:s0" }, new[] { "rootcontext=a:b:c:s0" })]
    [InlineData(new[] { "fscontext=\"", "size=1m" }, new[] { "fscontext=\"", "size=1m" })]
    [InlineData(new[] { "defcontext=", "key=\"a" }, new[] { "defcontext=", "key=\"a" })]
    public void A_mounts_own_label_is_one_option_without_quotes(string[] words, string[] options)
    {
        string list = string.Join(',', words.Select(word => $"\"{word.Replace("\"", "\\\"")}\""));

        Plans.OfMount($"\"destination\":\"/a\",\"type\":\"tmpfs\",\"options\":[{list}]").Data.Should().Equal(options);
    }

    [Theory]
    [InlineData("context=a:b:c:s0:c1,c2", "context=\"a:b:c:s0:c1,c2\"")]
    [InlineData("size=1m", "size=1m")]
    public void Is_quoted_where_options_are_one_text(string option, string quoted)
    {
        LabelOption.Quoted(option).Should().Be(quoted);
    }

    private static string With(string label, string annotation) => Readings.WithTop(
        $"\"linux\":{{\"mountLabel\":\"{label}\"}},\"annotations\":{{{annotation}}}");
}
