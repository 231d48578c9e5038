using System;
using System.Buffers.Binary;
using System.Numerics;

namespace Csrun.Shim.Task;

/// <summary>
/// SHA-256 (FIPS 180-4), for the name of a socket: .NET's own needs OpenSSL, which a static executable has not.
/// </summary>
internal static class Sha256
{
    private const int BlockSize = 64;

    private static ReadOnlySpan<uint> RoundConstants =>
    [
        0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
        0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
        0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
        0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
        0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
        0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
        0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
        0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
    ];

    /// <summary>The digest in lower-case hexadecimal.</summary>
    public static string Hex(ReadOnlySpan<byte> message)
    {
        Span<uint> state =
        [
            0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
        ];
        byte[] padded = Pad(message);
        for (int start = 0; start < padded.Length; start += BlockSize)
        {
            Compress(state, padded.AsSpan(start, BlockSize));
        }

        Span<byte> digest = stackalloc byte[32];
        for (int i = 0; i < state.Length; i++)
        {
            BinaryPrimitives.WriteUInt32BigEndian(digest[(4 * i)..], state[i]);
        }

        return Convert.ToHexStringLower(digest);
    }

    private static byte[] Pad(ReadOnlySpan<byte> message)
    {
        byte[] padded = new byte[(message.Length + 1 + 8 + BlockSize - 1) / BlockSize * BlockSize];
        message.CopyTo(padded);
        padded[message.Length] = 0x80;
        BinaryPrimitives.WriteUInt64BigEndian(padded.AsSpan(padded.Length - 8), (ulong)message.Length * 8);
        return padded;
    }

    private static void Compress(Span<uint> state, ReadOnlySpan<byte> block)
    {
        Span<uint> words = stackalloc uint[64];
        for (int i = 0; i < 16; i++)
        {
            words[i] = BinaryPrimitives.ReadUInt32BigEndian(block[(4 * i)..]);
        }

        for (int i = 16; i < 64; i++)
        {
            uint before15 = words[i - 15];
            uint before2 = words[i - 2];
            uint s0 = BitOperations.RotateRight(before15, 7) ^ BitOperations.RotateRight(before15, 18)
                ^ (before15 >> 3);
            uint s1 = BitOperations.RotateRight(before2, 17) ^ BitOperations.RotateRight(before2, 19) ^ (before2 >> 10);
            words[i] = words[i - 16] + s0 + words[i - 7] + s1;
        }

        Span<uint> v = stackalloc uint[8];
        state.CopyTo(v);
        for (int i = 0; i < 64; i++)
        {
            uint s1 = BitOperations.RotateRight(v[4], 6) ^ BitOperations.RotateRight(v[4], 11)
                ^ BitOperations.RotateRight(v[4], 25);
            uint one = v[7] + s1 + ((v[4] & v[5]) ^ (~v[4] & v[6])) + RoundConstants[i] + words[i];
            uint s0 = BitOperations.RotateRight(v[0], 2) ^ BitOperations.RotateRight(v[0], 13)
                ^ BitOperations.RotateRight(v[0], 22);
            uint two = s0 + ((v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2]));
            v[..7].CopyTo(v[1..]);
            v[4] += one;
            v[0] = one + two;
        }

        for (int i = 0; i < 8; i++)
        {
            state[i] += v[i];
        }
    }
}
