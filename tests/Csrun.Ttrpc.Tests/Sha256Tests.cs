using System;
using System.Security.Cryptography;
using System.Text;
using Csrun.Shim.Task;
using FsCheck.Xunit;

namespace Csrun.Ttrpc.Tests;

public sealed class Sha256Tests
{
    [Theory]
    [InlineData("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")]
    [InlineData("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")]
    [InlineData(
        "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1")]
    public void The_published_vectors_have_their_digests(string message, string digest)
    {
        Sha256.Hex(Encoding.ASCII.GetBytes(message)).Should().Be(digest);
    }

    [Property]
    public bool Every_message_has_the_digest_that_OpenSSL_gives_it(byte[] message)
    {
        return Sha256.Hex(message) == Convert.ToHexStringLower(SHA256.HashData(message));
    }
}
