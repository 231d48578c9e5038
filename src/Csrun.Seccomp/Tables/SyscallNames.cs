// Made by build/syscall-tables.sh; not to be edited.
using System;

namespace Csrun.Seccomp;

/// <content>The names, sorted, and a hash table over them.</content>
internal static partial class SyscallTable
{
    private const int NameCount = 504;

    /// <summary>All names one after the other; <see cref="NameStarts"/> says where each begins.</summary>
    private static ReadOnlySpan<byte> NameText =>
        "_llseek_newselect_sysctlacceptaccept4accessacctadd_keyadjtimexafs_syscallalarmarch_prctlarm_fadvise64_64"u8 +
        "arm_sync_file_rangeatomic_barrieratomic_cmpxchg_32bdflushbindbpfbreakbreakpointbrkcachectlcacheflush"u8 +
        "cachestatcapgetcapsetchdirchmodchownchown32chrootclock_adjtimeclock_adjtime64clock_getres"u8 +
        "clock_getres_time64clock_gettimeclock_gettime64clock_nanosleepclock_nanosleep_time64clock_settime"u8 +
        "clock_settime64cloneclone3closeclose_rangeconnectcopy_file_rangecreatcreate_moduledelete_moduledupdup2"u8 +
        "dup3epoll_createepoll_create1epoll_ctlepoll_ctl_oldepoll_pwaitepoll_pwait2epoll_waitepoll_wait_old"u8 +
        "eventfdeventfd2execveexecveatexitexit_groupfaccessatfaccessat2fadvise64fadvise64_64fallocate"u8 +
        "fanotify_initfanotify_markfchdirfchmodfchmodatfchmodat2fchownfchown32fchownatfcntlfcntl64fdatasync"u8 +
        "fgetxattrfile_getattrfile_setattrfinit_moduleflistxattrflockforkfremovexattrfsconfigfsetxattrfsmount"u8 +
        "fsopenfspickfstatfstat64fstatat64fstatfsfstatfs64fsyncftimeftruncateftruncate64futexfutex_requeue"u8 +
        "futex_time64futex_waitfutex_waitvfutex_wakefutimesatget_kernel_symsget_mempolicyget_robust_list"u8 +
        "get_thread_areaget_tlsgetcpugetcwdgetdentsgetdents64getegidgetegid32geteuidgeteuid32getgidgetgid32"u8 +
        "getgroupsgetgroups32getitimergetpagesizegetpeernamegetpgidgetpgrpgetpidgetpmsggetppidgetpriority"u8 +
        "getrandomgetresgidgetresgid32getresuidgetresuid32getrlimitgetrusagegetsidgetsocknamegetsockoptgettid"u8 +
        "gettimeofdaygetuidgetuid32getxattrgetxattratgttyidleinit_moduleinotify_add_watchinotify_init"u8 +
        "inotify_init1inotify_rm_watchio_cancelio_destroyio_geteventsio_pgeteventsio_pgetevents_time64io_setup"u8 +
        "io_submitio_uring_enterio_uring_registerio_uring_setupioctliopermioplioprio_getioprio_setipckcmp"u8 +
        "kexec_file_loadkexec_loadkeyctlkilllandlock_add_rulelandlock_create_rulesetlandlock_restrict_selflchown"u8 +
        "lchown32lgetxattrlinklinkatlistenlistmountlistxattrlistxattratllistxattrlocklookup_dcookielremovexattr"u8 +
        "lseeklsetxattrlsm_get_self_attrlsm_list_moduleslsm_set_self_attrlstatlstat64madvisemap_shadow_stackmbind"u8 +
        "membarriermemfd_creatememfd_secretmigrate_pagesmincoremkdirmkdiratmknodmknodatmlockmlock2mlockallmmap"u8 +
        "mmap2modify_ldtmountmount_setattrmove_mountmove_pagesmprotectmpxmq_getsetattrmq_notifymq_open"u8 +
        "mq_timedreceivemq_timedreceive_time64mq_timedsendmq_timedsend_time64mq_unlinkmremapmsealmsgctlmsgget"u8 +
        "msgrcvmsgsndmsyncmultiplexermunlockmunlockallmunmapname_to_handle_atnanosleepnewfstatatnfsservctlnice"u8 +
        "oldfstatoldlstatoldoldunameoldstatoldunameopenopen_by_handle_atopen_treeopen_tree_attropenatopenat2pause"u8 +
        "pciconfig_iobasepciconfig_readpciconfig_writeperf_event_openpersonalitypidfd_getfdpidfd_open"u8 +
        "pidfd_send_signalpipepipe2pivot_rootpkey_allocpkey_freepkey_mprotectpollppollppoll_time64prctlpread64"u8 +
        "preadvpreadv2prlimit64process_madviseprocess_mreleaseprocess_vm_readvprocess_vm_writevprofprofilpselect6"u8 +
        "pselect6_time64ptraceputpmsgpwrite64pwritevpwritev2query_modulequotactlquotactl_fdreadreadaheadreaddir"u8 +
        "readlinkreadlinkatreadvrebootrecvrecvfromrecvmmsgrecvmmsg_time64recvmsgremap_file_pagesremovexattr"u8 +
        "removexattratrenamerenameatrenameat2request_keyrestart_syscallriscv_flush_icachermdirrseqrt_sigaction"u8 +
        "rt_sigpendingrt_sigprocmaskrt_sigqueueinfort_sigreturnrt_sigsuspendrt_sigtimedwaitrt_sigtimedwait_time64"u8 +
        "rt_tgsigqueueinfortass390_guarded_storages390_pci_mmio_reads390_pci_mmio_writes390_runtime_instr"u8 +
        "s390_sthyisched_get_priority_maxsched_get_priority_minsched_getaffinitysched_getattrsched_getparam"u8 +
        "sched_getschedulersched_rr_get_intervalsched_rr_get_interval_time64sched_setaffinitysched_setattr"u8 +
        "sched_setparamsched_setschedulersched_yieldseccompsecurityselectsemctlsemgetsemopsemtimedop"u8 +
        "semtimedop_time64sendsendfilesendfile64sendmmsgsendmsgsendtoset_mempolicyset_mempolicy_home_node"u8 +
        "set_robust_listset_thread_areaset_tid_addressset_tlssetdomainnamesetfsgidsetfsgid32setfsuidsetfsuid32"u8 +
        "setgidsetgid32setgroupssetgroups32sethostnamesetitimersetnssetpgidsetprioritysetregidsetregid32setresgid"u8 +
        "setresgid32setresuidsetresuid32setreuidsetreuid32setrlimitsetsidsetsockoptsettimeofdaysetuidsetuid32"u8 +
        "setxattrsetxattratsgetmaskshmatshmctlshmdtshmgetshutdownsigactionsigaltstacksignalsignalfdsignalfd4"u8 +
        "sigpendingsigprocmasksigreturnsigsuspendsocketsocketcallsocketpairsplicespu_createspu_runssetmaskstat"u8 +
        "stat64statfsstatfs64statmountstatxstimesttysubpage_protswapcontextswapoffswaponswitch_endiansymlink"u8 +
        "symlinkatsyncsync_file_rangesync_file_range2syncfssys_debug_setcontextsyscallsysfssysinfosyslogsysmips"u8 +
        "teetgkilltimetimer_createtimer_deletetimer_getoverruntimer_gettimetimer_gettime64timer_settime"u8 +
        "timer_settime64timerfdtimerfd_createtimerfd_gettimetimerfd_gettime64timerfd_settimetimerfd_settime64"u8 +
        "timestkilltruncatetruncate64tuxcallugetrlimitulimitumaskumountumount2unameunlinkunlinkatunshareuretprobe"u8 +
        "uselibuserfaultfdusr26usr32ustatutimeutimensatutimensat_time64utimesvforkvhangupvm86vm86oldvmsplice"u8 +
        "vserverwait4waitidwaitpidwritewritev"u8;

    private static ReadOnlySpan<ushort> NameStarts =>
    [
        0, 7, 17, 24, 30, 37, 43, 47, 54, 62, 73, 78, 88, 104, 123, 137, 154, 161, 165, 168, 173, 183, 186, 194, 204,
        213, 219, 225, 230, 235, 240, 247, 253, 266, 281, 293, 312, 325, 340, 355, 377, 390, 405, 410, 416, 421, 432,
        439, 454, 459, 472, 485, 488, 492, 496, 508, 521, 530, 543, 554, 566, 576, 590, 597, 605, 611, 619, 623, 633,
        642, 652, 661, 673, 682, 695, 708, 714, 720, 728, 737, 743, 751, 759, 764, 771, 780, 789, 801, 813, 825, 835,
        840, 844, 856, 864, 873, 880, 886, 892, 897, 904, 913, 920, 929, 934, 939, 948, 959, 964, 977, 989, 999, 1010,
        1020, 1029, 1044, 1057, 1072, 1087, 1094, 1100, 1106, 1114, 1124, 1131, 1140, 1147, 1156, 1162, 1170, 1179,
        1190, 1199, 1210, 1221, 1228, 1235, 1241, 1248, 1255, 1266, 1275, 1284, 1295, 1304, 1315, 1324, 1333, 1339,
        1350, 1360, 1366, 1378, 1384, 1392, 1400, 1410, 1414, 1418, 1429, 1446, 1458, 1471, 1487, 1496, 1506, 1518,
        1531, 1551, 1559, 1568, 1582, 1599, 1613, 1618, 1624, 1628, 1638, 1648, 1651, 1655, 1670, 1680, 1686, 1690,
        1707, 1730, 1752, 1758, 1766, 1775, 1779, 1785, 1791, 1800, 1809, 1820, 1830, 1834, 1848, 1860, 1865, 1874,
        1891, 1907, 1924, 1929, 1936, 1943, 1959, 1964, 1974, 1986, 1998, 2011, 2018, 2023, 2030, 2035, 2042, 2047,
        2053, 2061, 2065, 2070, 2080, 2085, 2098, 2108, 2118, 2126, 2129, 2142, 2151, 2158, 2173, 2195, 2207, 2226,
        2235, 2241, 2246, 2252, 2258, 2264, 2270, 2275, 2286, 2293, 2303, 2309, 2326, 2335, 2345, 2355, 2359, 2367,
        2375, 2386, 2393, 2401, 2405, 2422, 2431, 2445, 2451, 2458, 2463, 2479, 2493, 2508, 2523, 2534, 2545, 2555,
        2572, 2576, 2581, 2591, 2601, 2610, 2623, 2627, 2632, 2644, 2649, 2656, 2662, 2669, 2678, 2693, 2709, 2725,
        2742, 2746, 2752, 2760, 2775, 2781, 2788, 2796, 2803, 2811, 2823, 2831, 2842, 2846, 2855, 2862, 2870, 2880,
        2885, 2891, 2895, 2903, 2911, 2926, 2933, 2949, 2960, 2973, 2979, 2987, 2996, 3007, 3022, 3040, 3045, 3049,
        3061, 3074, 3088, 3103, 3115, 3128, 3143, 3165, 3182, 3186, 3206, 3224, 3243, 3261, 3271, 3293, 3315, 3332,
        3345, 3359, 3377, 3398, 3426, 3443, 3456, 3470, 3488, 3499, 3506, 3514, 3520, 3526, 3532, 3537, 3547, 3564,
        3568, 3576, 3586, 3594, 3601, 3607, 3620, 3643, 3658, 3673, 3688, 3695, 3708, 3716, 3726, 3734, 3744, 3750,
        3758, 3767, 3778, 3789, 3798, 3803, 3810, 3821, 3829, 3839, 3848, 3859, 3868, 3879, 3887, 3897, 3906, 3912,
        3922, 3934, 3940, 3948, 3956, 3966, 3974, 3979, 3985, 3990, 3996, 4004, 4013, 4024, 4030, 4038, 4047, 4057,
        4068, 4077, 4087, 4093, 4103, 4113, 4119, 4129, 4136, 4144, 4148, 4154, 4160, 4168, 4177, 4182, 4187, 4191,
        4203, 4214, 4221, 4227, 4240, 4247, 4256, 4260, 4275, 4291, 4297, 4317, 4324, 4329, 4336, 4342, 4349, 4352,
        4358, 4362, 4374, 4386, 4402, 4415, 4430, 4443, 4458, 4465, 4479, 4494, 4511, 4526, 4543, 4548, 4553, 4561,
        4571, 4578, 4588, 4594, 4599, 4605, 4612, 4617, 4623, 4631, 4638, 4647, 4653, 4664, 4669, 4674, 4679, 4684,
        4693, 4709, 4715, 4720, 4727, 4731, 4738, 4746, 4753, 4758, 4764, 4771, 4776, 4782,
    ];

    /// <summary>Row of a name plus one by its hash, the next free slot where that is taken; 0 is free.</summary>
    private static ReadOnlySpan<ushort> NameSlots =>
    [
        0, 104, 17, 370, 0, 234, 187, 356, 345, 390, 0, 129, 0, 0, 0, 0, 0, 0, 281, 7, 430, 188, 166, 454, 0, 226, 221,
        0, 179, 0, 68, 0, 382, 0, 16, 0, 0, 0, 0, 0, 0, 460, 254, 302, 5, 0, 0, 36, 214, 283, 157, 105, 0, 243, 46,
        341, 339, 486, 0, 0, 0, 18, 161, 93, 127, 0, 211, 134, 224, 277, 156, 0, 0, 489, 173, 296, 0, 0, 0, 0, 0, 423,
        455, 0, 0, 89, 0, 0, 0, 150, 10, 80, 111, 284, 450, 0, 0, 0, 0, 185, 0, 177, 133, 218, 319, 334, 476, 0, 0,
        300, 0, 0, 0, 396, 327, 263, 0, 0, 0, 504, 270, 200, 491, 159, 325, 29, 0, 0, 480, 0, 0, 0, 0, 0, 238, 0, 246,
        49, 131, 113, 195, 329, 475, 0, 0, 0, 119, 0, 0, 0, 331, 97, 62, 0, 0, 0, 0, 0, 0, 432, 299, 0, 203, 252, 160,
        171, 304, 434, 436, 447, 130, 74, 128, 209, 392, 324, 403, 461, 0, 378, 389, 463, 384, 468, 0, 0, 0, 0, 280,
        438, 0, 204, 206, 347, 24, 33, 92, 478, 181, 490, 0, 0, 0, 0, 0, 424, 0, 0, 0, 0, 0, 155, 0, 70, 25, 437, 63,
        285, 0, 0, 0, 0, 445, 0, 0, 477, 0, 0, 201, 0, 483, 301, 0, 0, 47, 101, 453, 0, 0, 0, 0, 215, 0, 0, 0, 474,
        346, 225, 108, 0, 0, 14, 180, 259, 359, 20, 57, 30, 451, 0, 366, 0, 0, 0, 4, 0, 0, 0, 0, 0, 239, 0, 0, 0, 0, 0,
        0, 0, 175, 1, 0, 154, 0, 361, 0, 2, 67, 337, 0, 0, 152, 0, 0, 0, 0, 0, 0, 0, 0, 198, 400, 0, 0, 293, 0, 0, 0,
        0, 189, 0, 0, 0, 0, 0, 153, 0, 0, 0, 0, 190, 274, 380, 420, 0, 244, 374, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 501,
        170, 0, 0, 0, 0, 0, 452, 0, 0, 0, 0, 0, 43, 0, 146, 500, 0, 76, 426, 6, 0, 416, 138, 212, 472, 0, 399, 186, 0,
        0, 0, 0, 178, 0, 0, 0, 0, 0, 0, 40, 151, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 482, 0, 0, 83, 0, 0, 0, 391, 0, 0,
        88, 0, 0, 124, 0, 208, 306, 385, 402, 0, 0, 0, 0, 0, 116, 197, 311, 0, 176, 15, 73, 149, 350, 388, 135, 466, 0,
        0, 0, 95, 192, 276, 492, 0, 39, 0, 0, 0, 122, 172, 148, 0, 398, 406, 0, 0, 0, 0, 435, 8, 230, 303, 330, 0, 0,
        193, 0, 0, 0, 0, 0, 401, 82, 223, 0, 72, 471, 0, 0, 0, 229, 0, 19, 0, 305, 0, 0, 269, 0, 0, 258, 165, 0, 0, 0,
        115, 313, 0, 60, 292, 0, 307, 0, 0, 0, 0, 0, 248, 0, 256, 338, 354, 267, 0, 45, 142, 465, 0, 240, 0, 196, 52,
        0, 0, 352, 199, 326, 393, 0, 84, 28, 102, 0, 0, 71, 0, 0, 373, 249, 0, 336, 53, 54, 481, 497, 0, 0, 0, 251, 22,
        397, 0, 0, 0, 0, 126, 431, 0, 169, 351, 0, 0, 0, 0, 210, 228, 0, 364, 0, 216, 38, 0, 168, 0, 0, 0, 0, 0, 167,
        118, 494, 194, 42, 264, 295, 340, 0, 0, 0, 0, 26, 233, 433, 413, 245, 0, 78, 114, 261, 421, 0, 94, 414, 11,
        379, 0, 429, 0, 412, 143, 335, 0, 64, 459, 0, 0, 273, 0, 0, 323, 0, 409, 237, 0, 0, 0, 58, 75, 0, 332, 0, 0,
        98, 272, 343, 0, 0, 0, 0, 137, 44, 109, 163, 0, 0, 428, 425, 0, 0, 383, 0, 0, 0, 495, 87, 0, 144, 235, 0, 0, 0,
        0, 0, 0, 0, 0, 309, 91, 120, 314, 395, 386, 0, 0, 0, 0, 0, 444, 0, 363, 0, 0, 0, 0, 217, 0, 473, 467, 0, 0,
        415, 0, 0, 449, 0, 328, 205, 349, 0, 469, 440, 0, 0, 0, 0, 0, 232, 260, 0, 0, 0, 342, 0, 278, 0, 34, 367, 310,
        464, 0, 0, 32, 0, 0, 291, 136, 0, 456, 0, 0, 0, 0, 0, 0, 13, 298, 0, 0, 487, 0, 315, 35, 0, 0, 0, 0, 357, 0, 0,
        0, 0, 90, 279, 0, 0, 0, 0, 408, 0, 0, 0, 0, 0, 0, 0, 488, 123, 0, 0, 318, 0, 257, 140, 242, 369, 69, 41, 439,
        65, 0, 288, 117, 9, 103, 236, 441, 0, 0, 0, 0, 0, 372, 0, 50, 0, 0, 0, 419, 446, 247, 0, 0, 220, 0, 56, 344,
        213, 0, 0, 0, 31, 355, 0, 0, 484, 0, 0, 0, 79, 0, 0, 0, 0, 227, 0, 0, 61, 287, 125, 66, 377, 174, 231, 308,
        443, 86, 457, 462, 499, 0, 321, 0, 358, 442, 0, 0, 286, 147, 470, 405, 410, 0, 0, 0, 0, 0, 0, 0, 27, 316, 132,
        0, 0, 0, 0, 0, 219, 23, 121, 294, 183, 255, 184, 320, 381, 387, 0, 394, 0, 145, 0, 0, 0, 0, 0, 0, 96, 0, 0,
        407, 0, 139, 110, 422, 0, 0, 0, 289, 0, 0, 0, 0, 362, 368, 207, 268, 51, 348, 0, 0, 333, 427, 0, 0, 365, 222,
        59, 107, 275, 404, 417, 0, 0, 0, 0, 0, 162, 0, 0, 262, 0, 141, 112, 0, 0, 0, 376, 411, 485, 0, 0, 0, 0, 312,
        418, 0, 0, 0, 371, 85, 448, 0, 0, 0, 12, 0, 0, 164, 202, 0, 0, 0, 0, 0, 99, 0, 0, 0, 0, 282, 0, 0, 0, 0, 48,
        290, 0, 0, 0, 182, 0, 353, 106, 253, 0, 0, 0, 0, 0, 0, 158, 266, 250, 77, 0, 0, 0, 317, 0, 0, 0, 503, 297, 360,
        0, 0, 0, 271, 458, 375, 0, 0, 241, 0, 0, 0, 479, 0, 0, 21, 37, 322, 493, 496, 498, 55, 100, 502, 81, 191, 0,
        265, 0, 0,
    ];

    /// <summary>By row: 0, the first argument of socketcall, or 128 plus that of ipc.</summary>
    private static ReadOnlySpan<byte> Multiplexed =>
    [
        0, 0, 0, 5, 18, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        0, 0, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        6, 15, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 142, 141, 140, 139, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 10, 12, 19, 0, 17, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 131, 130, 129, 132,
        0, 9, 0, 0, 20, 16, 11, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        0, 14, 0, 0, 0, 0, 0, 0, 149, 152, 150, 151, 13, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    ];
}
